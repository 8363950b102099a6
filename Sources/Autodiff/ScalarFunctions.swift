import Foundation

extension UnaryFunction {
  /// The function of one number, used where a program's constants fold.
  func evaluate(_ x: Float) -> Float {
    switch self {
    case .negate: -x
    case .exp: Foundation.exp(x)
    case .log: Foundation.log(x)
    case .sin: Foundation.sin(x)
    case .cos: Foundation.cos(x)
    case .tanh: Foundation.tanh(x)
    case .sigmoid: 1 / (1 + Foundation.exp(-x))
    case .sqrt: x.squareRoot()
    case .reciprocalSqrt: 1 / x.squareRoot()
    case .reciprocal: 1 / x
    case .absolute: abs(x)
    case .sign: x > 0 ? 1 : (x < 0 ? -1 : 0)
    }
  }
}

extension BinaryFunction {
  /// The function of two numbers, used where a program's constants fold.
  func evaluate(_ x: Float, _ y: Float) -> Float {
    switch self {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .maximum: max(x, y)
    case .minimum: min(x, y)
    case .less: x < y ? 1 : 0
    case .lessOrEqual: x <= y ? 1 : 0
    case .equal: x == y ? 1 : 0
    }
  }
}
