/// Vector-Jacobian products: cotangents of `inputs` for given cotangents of `outputs`.
///
/// The result is a program in the same graph, so it can be differentiated again. Values in
/// `inputs` count as independent of each other and may lie anywhere in the graph. An operation on a
/// negation, reshape, repetition or constant multiple is simplified to one on what lies behind, so
/// an input of such a form has less influence than was written.
///
/// - Parameters:
///   - outputs: The values that are differentiated.
///   - inputs: The values that they are differentiated by.
///   - cotangents: One for each output, of its shape.
/// - Returns: One for each input, of its shape; a constant 0 where an input has no influence.
public func vjp(of outputs: [Value], at inputs: [Value], cotangents: [Value]) -> [Value] {
  guard let graph = outputs.first?.graph else { return [] }
  precondition(outputs.count == cotangents.count, "one cotangent for each output")
  let last = outputs.map(\.number).max() ?? 0
  let reached = graph.influence(of: inputs, upTo: last)
  let isInput = Set(inputs.map(\.number))
  var accumulated = [Value?](repeating: nil, count: last + 1)
  func accumulate(_ cotangent: Value, at number: Int) {
    accumulated[number] = accumulated[number].map { $0 + cotangent } ?? cotangent
  }
  for (output, cotangent) in zip(outputs, cotangents) where reached[output.number] {
    precondition(
      output.shape == cotangent.shape, "cotangent \(cotangent.shape) for output \(output.shape)")
    accumulate(cotangent, at: output.number)
  }
  for number in stride(from: last, through: 0, by: -1) where !isInput.contains(number) {
    guard let cotangent = accumulated[number], !cotangent.isZero else { continue }
    accumulated[number] = nil
    let value = Value(graph: graph, number: number)
    let operands = value.node.operands
    let pulled = value.pullback(cotangent, needed: operands.map { reached[$0] })
    for (operand, part) in zip(operands, pulled) where reached[operand] {
      if let part, !part.isZero { accumulate(part, at: operand) }
    }
  }
  return inputs.map { input in
    input.number <= last
      ? accumulated[input.number] ?? graph.constant(0, input.shape)
      : graph.constant(0, input.shape)
  }
}

/// `J^T v` of one value by one other: see `vjp(of:at:cotangents:)`.
public func vjp(of output: Value, at input: Value, cotangent: Value) -> Value {
  vjp(of: [output], at: [input], cotangents: [cotangent])[0]
}

/// Jacobian-vector products: tangents of `outputs` for given tangents of `inputs`.
///
/// The result is a program in the same graph, so it can be differentiated again.
///
/// - Parameters:
///   - outputs: The values that are differentiated.
///   - inputs: The values that they are differentiated by.
///   - tangents: One for each input, of its shape.
/// - Returns: One for each output, of its shape; a constant 0 where no input has influence.
public func jvp(of outputs: [Value], at inputs: [Value], tangents: [Value]) -> [Value] {
  guard let graph = outputs.first?.graph else { return [] }
  precondition(inputs.count == tangents.count, "one tangent for each input")
  let last = outputs.map(\.number).max() ?? 0
  let reached = graph.influence(of: inputs, upTo: last)
  let needed = graph.ancestors(of: outputs, upTo: last)
  var pushed = [Value?](repeating: nil, count: last + 1)
  for (input, tangent) in zip(inputs, tangents) where input.number <= last {
    precondition(input.shape == tangent.shape, "tangent \(tangent.shape) for input \(input.shape)")
    pushed[input.number] = tangent
  }
  let isInput = Set(inputs.map(\.number))
  for number in 0...last where reached[number] && needed[number] && !isInput.contains(number) {
    let value = Value(graph: graph, number: number)
    let tangents = value.node.operands.map { pushed[$0] }
    guard let tangent = value.pushforward(tangents), !tangent.isZero else { continue }
    pushed[number] = tangent
  }
  return outputs.map { pushed[$0.number] ?? graph.constant(0, $0.shape) }
}

/// `J v` of one value by one other: see `jvp(of:at:tangents:)`.
public func jvp(of output: Value, at input: Value, tangent: Value) -> Value {
  jvp(of: [output], at: [input], tangents: [tangent])[0]
}

/// The gradients of a scalar by several values, each of that value's shape.
public func gradients(of scalar: Value, at inputs: [Value]) -> [Value] {
  precondition(scalar.shape.count == 1, "the gradient of \(scalar.shape), expected a scalar")
  return vjp(
    of: [scalar], at: inputs, cotangents: [scalar.graph.constant(1, scalar.shape)])
}

extension Graph {
  // Which nodes up to `last` depend on one of the values.
  func influence(of values: [Value], upTo last: Int) -> [Bool] {
    var reached = [Bool](repeating: false, count: last + 1)
    for value in values where value.number <= last { reached[value.number] = true }
    for number in 0...last where !reached[number] {
      if case .stopGradient = nodes[number].primitive { continue }
      reached[number] = nodes[number].operands.contains { reached[$0] }
    }
    return reached
  }

  // Which nodes up to `last` one of the values depends on.
  func ancestors(of values: [Value], upTo last: Int) -> [Bool] {
    var needed = [Bool](repeating: false, count: last + 1)
    for value in values { needed[value.number] = true }
    for number in stride(from: last, through: 0, by: -1) where needed[number] {
      for operand in nodes[number].operands { needed[operand] = true }
    }
    return needed
  }
}
