public import Autodiff

/// The denoising score-matching loss of data `x_t = m x_0 + s z`.
///
/// The score of the marginal minimizes the mean of `|s score + z|^2` (Vincent 2011; Song et al.
/// 2021, arXiv 2011.13456, equation 7). The factor s^2 in it is the default weighting.
public struct DenoisingScoreMatching: Sendable, Hashable {
  /// How the squares of one example's residual become one number.
  public enum Reduction: String, Sendable, Hashable, CaseIterable {
    /// Half their sum.
    case halfSum
    /// Their sum.
    case sum
    /// Their mean.
    case mean
  }

  /// How the squares of one example's residual become one number.
  public var reduction: Reduction

  /// Whether each example's loss has a factor of its own besides s^2.
  ///
  /// With the factor `(g / s)^2`, g the diffusion, the loss bounds the likelihood (Song et al.
  /// 2021, "Maximum Likelihood Training of Score-Based Diffusion Models", theorem 1).
  public var isWeighted: Bool

  /// The power w of s in the residual `s^w score + s^(w - 1) z`.
  ///
  /// It is 1 by default; the toys of Chao et al. 2022, arXiv 2203.14206, have 2 and, at a fixed noise
  /// level, 0.
  public var noisePower: Int

  /// Creates a loss.
  public init(reduction: Reduction = .halfSum, isWeighted: Bool = false, noisePower: Int = 1) {
    precondition(noisePower >= 0, "noise power \(noisePower), expected 0 or more")
    self.reduction = reduction
    self.isWeighted = isWeighted
    self.noisePower = noisePower
  }

  /// Builds the loss of each example.
  ///
  /// - Parameters:
  ///   - score: The score at the noisy data, `[B]` followed by the example's shape.
  ///   - noise: The standard normal noise z in the data, of the same shape.
  ///   - standardDeviation: The standard deviation s of the noise, `[B]`.
  ///   - weight: A factor for each example's loss, `[B]`; nil for 1.
  /// - Returns: The losses, `[B]`.
  public func losses(
    score: Value, noise: Value, standardDeviation: Value, weight: Value? = nil
  ) -> Value {
    func power(_ exponent: Int) -> Value {
      standardDeviation.raised(to: exponent).aligned(with: score)
    }
    let residual = score * power(noisePower) + noise * power(noisePower - 1)
    let squares = square(residual).summedPerExample()
    let dimensions = score.shape.dimensions.dropFirst().reduce(1, *)
    let reduced =
      switch reduction {
      case .halfSum: squares * 0.5
      case .sum: squares
      case .mean: squares * (1 / Float(dimensions))
      }
    return weight.map { reduced * $0 } ?? reduced
  }
}

extension SDE {
  /// The factor `(g(t) / s(t))^2` by which the default weighting becomes the likelihood's.
  public func likelihoodWeight(at time: Double) -> Double {
    let ratio = diffusion(at: time) / std(at: time)
    return ratio * ratio
  }
}

extension Value {
  /// A value for each example, `[B]`, with axes of extent 1 added to broadcast against `[B, ...]`.
  func aligned(with other: Value) -> Value {
    reshaped(to: Shape([shape[0]] + [Int](repeating: 1, count: other.shape.rank - 1)))
  }

  /// The sum over all axes but the first, `[B]`.
  func summedPerExample() -> Value {
    sum(Array(1..<shape.rank), droppingAxes: true)
  }
}
