extension UnaryFunction {
  /// The derivative `df/dx` as a program of `x` and of `y = f(x)`; nil where it is zero.
  func derivative(at x: Value, result y: Value) -> Value? {
    switch self {
    case .negate: x.graph.constant(-1, x.shape)
    case .exp: y
    case .log: Autodiff.reciprocal(x)
    case .sin: Autodiff.cos(x)
    case .cos: -Autodiff.sin(x)
    case .tanh: 1 - y * y
    case .sigmoid: y * (1 - y)
    case .sqrt: 0.5 * Autodiff.reciprocal(y)
    case .reciprocalSqrt: -0.5 * (y * y * y)
    case .reciprocal: -(y * y)
    case .absolute: apply(.sign, x)
    case .sign: nil
    }
  }
}

extension BinaryFunction {
  /// The two partial derivatives as programs of the operands; nil where one is zero.
  ///
  /// Where two numbers are equal, `maximum` and `minimum` pass the derivative to the second, so
  /// that `maximum(x, 0)` has derivative 0 at 0.
  func derivatives(_ x: Value, _ y: Value, result: Value) -> (Value?, Value?) {
    let one = x.graph.constant(1, x.shape)
    switch self {
    case .add: return (one, one)
    case .subtract: return (one, -one)
    case .multiply: return (y, x)
    case .divide:
      let inverse = Autodiff.reciprocal(y)
      return (inverse, -(result * inverse))
    case .maximum:
      let first = Autodiff.less(y, x)
      return (first, 1 - first)
    case .minimum:
      let first = Autodiff.less(x, y)
      return (first, 1 - first)
    case .less, .lessOrEqual, .equal: return (nil, nil)
    }
  }
}
