import Autodiff

/// An element-wise function without parameters.
public enum Activation: Sendable, Hashable {
  /// The function that changes nothing.
  case identity
  /// `1 / (1 + exp(-x))`.
  case sigmoid
  /// `log(1 + exp(x))`.
  case softplus
  /// The hyperbolic tangent.
  case tanh
  /// `x` where positive, otherwise 0; its derivative at 0 is 0.
  case relu
  /// `x sigmoid(x)`.
  case swish
  /// `x` where positive, otherwise `exp(x) - 1`.
  case elu
  /// `x` where positive, otherwise `slope x`.
  case leakyReLU(slope: Float)

  func callAsFunction(_ x: Value) -> Value {
    let zero = x.graph.constant(0, x.shape)
    switch self {
    case .identity: return x
    case .sigmoid: return Autodiff.sigmoid(x)
    // log(1 + exp(-|x|)), whose derivatives of any order are those of a smooth function too.
    case .softplus:
      let positive = maximum(x, zero)
      return positive + log(1 + exp(x - 2 * positive))
    case .tanh: return Autodiff.tanh(x)
    case .relu: return maximum(x, zero)
    case .swish: return x * Autodiff.sigmoid(x)
    // The exponential is taken of non-positive numbers only, so that no branch overflows.
    case .elu: return select(less(zero, x), x, exp(minimum(x, zero)) - 1)
    case .leakyReLU(let slope): return select(less(zero, x), x, slope * x)
    }
  }
}
