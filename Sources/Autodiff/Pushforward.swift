extension Value {
  /// Pushes tangents of the operands forward to a tangent of this value.
  ///
  /// - Parameter tangents: One for each operand, nil where it is zero.
  /// - Returns: The tangent, nil where it is zero.
  func pushforward(_ tangents: [Value?]) -> Value? {
    let operands = node.operands.indices.map { operand($0) }
    switch node.primitive {
    case .input, .constant, .literal, .reduceMax, .dropoutMask, .stopGradient:
      return nil
    case .unary(let function):
      guard let tangent = tangents[0] else { return nil }
      return function.derivative(at: operands[0], result: self).map { tangent * $0 }
    case .binary(let function):
      let (first, second) = function.derivatives(operands[0], operands[1], result: self)
      return added(product(tangents[0], first), product(tangents[1], second))
    case .select:
      if tangents[1] == nil && tangents[2] == nil { return nil }
      let zero = graph.constant(0, shape)
      return Autodiff.select(operands[0], tangents[1] ?? zero, tangents[2] ?? zero)
    case .gather: return tangents[0].map { Autodiff.gather($0, rows: operands[1]) }
    case .scatterAdd:
      return tangents[0].map { Autodiff.scatterAdd($0, rows: operands[1], count: shape[0]) }
    case .concatenate(let axis):
      if tangents.allSatisfy({ $0 == nil }) { return nil }
      return Autodiff.concatenate(
        zip(tangents, operands).map { $0 ?? graph.constant(0, $1.shape) }, axis: axis)
    case .broadcast, .reduceSum, .reshape, .transpose, .slice, .pad, .resample:
      return tangents[0].map { linearImage(of: $0) }
    case .matrixProduct, .convolution, .convolutionDataGradient, .convolutionWeightGradient:
      return added(
        tangents[0].map { bilinearImage(of: $0, operands[1]) },
        tangents[1].map { bilinearImage(of: operands[0], $0) })
    }
  }

  // A linear primitive acts on a tangent as it does on its operand.
  private func linearImage(of tangent: Value) -> Value {
    switch node.primitive {
    case .broadcast: tangent.broadcast(to: shape)
    case .reduceSum(let axes): tangent.sum(axes)
    case .reshape: tangent.reshaped(to: shape)
    case .transpose(let permutation): tangent.transposed(permutation)
    case .slice(let start): tangent.sliced(start: start, size: shape)
    case .pad(let start): tangent.padded(start: start, to: shape)
    case .resample(let filter): Autodiff.resample(tangent, filter)
    default: preconditionFailure("\(node.primitive) is not linear in one operand")
    }
  }

  private func bilinearImage(of x: Value, _ y: Value) -> Value {
    switch node.primitive {
    case .matrixProduct(let first, let second):
      Autodiff.matrixProduct(x, y, transposeFirst: first, transposeSecond: second)
    case .convolution(let window): Autodiff.convolution(x, y, window)
    case .convolutionDataGradient(let window):
      Autodiff.convolutionDataGradient(x, y, window, imageShape: shape)
    case .convolutionWeightGradient(let window):
      Autodiff.convolutionWeightGradient(x, y, window, weightShape: shape)
    default: preconditionFailure("\(node.primitive) is no contraction")
    }
  }

  private func product(_ tangent: Value?, _ derivative: Value?) -> Value? {
    guard let tangent, let derivative else { return nil }
    return tangent * derivative
  }

  private func added(_ x: Value?, _ y: Value?) -> Value? {
    guard let x else { return y }
    guard let y else { return x }
    return x + y
  }
}
