import Autodiff
import Foundation

extension UnaryFunction {
  /// The function of one number.
  func referenceValue(_ x: Double) -> Double {
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
  /// The function of each pair of numbers.
  func referenceValue(_ x: [Double], _ y: [Double]) -> [Double] {
    func map(_ function: (Double, Double) -> Double) -> [Double] {
      x.indices.map { function(x[$0], y[$0]) }
    }
    switch self {
    case .add: return map { $0 + $1 }
    case .subtract: return map { $0 - $1 }
    case .multiply: return map { $0 * $1 }
    case .divide: return map { $0 / $1 }
    case .maximum: return map { $0 > $1 ? $0 : $1 }
    case .minimum: return map { $0 < $1 ? $0 : $1 }
    case .less: return map { $0 < $1 ? 1 : 0 }
    case .lessOrEqual: return map { $0 <= $1 ? 1 : 0 }
    case .equal: return map { $0 == $1 ? 1 : 0 }
    }
  }
}
