// Each function builds one node after simplification; the rewriting rules stand beside the
// operation that they simplify.

/// Applies a function of one number to every element.
public func apply(_ function: UnaryFunction, _ x: Value) -> Value {
  if let value = x.constantValue {
    return x.graph.constant(function.evaluate(value), x.shape)
  }
  switch (function, x.node.primitive) {
  case (.negate, .unary(.negate)), (.reciprocal, .unary(.reciprocal)):
    return x.operand(0)
  case (.negate, .binary(.subtract)):
    return x.operand(1) - x.operand(0)
  case (_, .broadcast):
    return apply(function, x.operand(0)).broadcast(to: x.shape)
  default:
    return x.graph.intern(.unary(function), [x.number], x.shape)
  }
}

/// Applies a function of two numbers to every pair of elements.
///
/// Shapes are first made equal as NumPy does: leading axes of extent 1 are added, then axes of
/// extent 1 are repeated.
public func apply(_ function: BinaryFunction, _ x: Value, _ y: Value) -> Value {
  let (first, second) = matchingShapes(x, y)
  if let simpler = simplified(function, first, second) { return simpler }
  let ordered = function.isCommutative && second.number < first.number
  let operands = ordered ? [second.number, first.number] : [first.number, second.number]
  return first.graph.intern(.binary(function), operands, first.shape)
}

/// `condition != 0 ? x : y`, element by element, with the broadcasting of `apply`.
public func select(_ condition: Value, _ x: Value, _ y: Value) -> Value {
  let (test, first) = matchingShapes(condition, matchingShapes(x, y).0)
  let second = matchingShapes(y, first).0
  if let value = test.constantValue { return value != 0 ? first : second }
  if first.number == second.number { return first }
  return first.graph.intern(.select, [test.number, first.number, second.number], first.shape)
}

private func matchingShapes(_ x: Value, _ y: Value) -> (Value, Value) {
  precondition(x.graph === y.graph, "operands of two graphs")
  if x.shape == y.shape { return (x, y) }
  let rank = max(x.shape.rank, y.shape.rank)
  let padded = [x, y].map { value in
    [Int](repeating: 1, count: rank - value.shape.rank) + value.shape.dimensions
  }
  let target = Shape(
    zip(padded[0], padded[1]).map { a, b in
      precondition(a == b || a == 1 || b == 1, "shapes \(x.shape) and \(y.shape) do not match")
      return a == 1 ? b : a
    })
  return (
    x.reshaped(to: Shape(padded[0])).broadcast(to: target),
    y.reshaped(to: Shape(padded[1])).broadcast(to: target)
  )
}

private func simplified(_ function: BinaryFunction, _ x: Value, _ y: Value) -> Value? {
  if let a = x.constantValue, let b = y.constantValue {
    return x.graph.constant(function.evaluate(a, b), x.shape)
  }
  if let hoisted = hoistedBroadcast(function, x, y) { return hoisted }
  switch function {
  case .add:
    if x.isZero { return y }
    if y.isZero { return x }
    if case .unary(.negate) = y.node.primitive { return x - y.operand(0) }
    if case .unary(.negate) = x.node.primitive { return y - x.operand(0) }
    return joinedPads(x, y)
  case .subtract:
    if y.isZero { return x }
    if x.isZero { return -y }
    if x.number == y.number { return x.graph.constant(0, x.shape) }
    if case .unary(.negate) = y.node.primitive { return x + y.operand(0) }
  case .multiply:
    return simplifiedProduct(x, y) ?? simplifiedProduct(y, x)
  case .divide:
    if let b = y.constantValue { return x * x.graph.constant(1 / b, x.shape) }
    if x.isZero { return x }
    if x.constantValue == 1 { return apply(.reciprocal, y) }
  case .maximum, .minimum:
    if x.number == y.number { return x }
  case .less, .lessOrEqual, .equal:
    break
  }
  return nil
}

private func simplifiedProduct(_ x: Value, _ y: Value) -> Value? {
  if case .unary(.negate) = x.node.primitive { return -(x.operand(0) * y) }
  guard let a = x.constantValue else { return nil }
  if a == 0 { return x }
  if a == 1 { return y }
  if a == -1 { return -y }
  // c1 * (c2 * y) is one multiplication.
  if case .binary(.multiply) = y.node.primitive {
    for (factor, rest) in [(0, 1), (1, 0)] {
      if let b = y.operand(factor).constantValue {
        return x.graph.constant(a * b, y.shape) * y.operand(rest)
      }
    }
  }
  return nil
}

// An operation between repeated small tensors is done on the small tensors.
private func hoistedBroadcast(_ function: BinaryFunction, _ x: Value, _ y: Value) -> Value? {
  func source(_ value: Value) -> Value? {
    guard case .broadcast = value.node.primitive else { return nil }
    return value.operand(0)
  }
  switch (source(x), source(y)) {
  case (let a?, let b?) where a.shape == b.shape:
    return apply(function, a, b).broadcast(to: x.shape)
  case (let a?, nil) where y.constantValue != nil:
    return apply(function, a, y.graph.constant(y.constantValue ?? 0, a.shape))
      .broadcast(to: x.shape)
  case (nil, let b?) where x.constantValue != nil:
    return apply(function, x.graph.constant(x.constantValue ?? 0, b.shape), b)
      .broadcast(to: x.shape)
  default:
    return nil
  }
}
