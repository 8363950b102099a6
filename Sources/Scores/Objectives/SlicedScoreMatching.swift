public import Autodiff

/// The sliced score-matching loss, `v^T J v + 1/2 |s|^2` with probes v.
///
/// Source: Song et al., "Sliced Score Matching", UAI 2019, arXiv 1905.07088, equations 7 and 8. Each
/// example's loss has the variance of its noise as a factor, as denoising has it.
public struct SlicedScoreMatching: Sendable, Hashable {
  /// How the square of the score is taken.
  public enum Form: String, Sendable, Hashable, CaseIterable {
    /// `1/2 |s|^2`, which needs no probe (equation 8).
    case reducedVariance
    /// `1/2 (v . s)^2`, of the same mean where `E[v v^T] = I` (equation 7).
    case projected
  }

  /// How one example's loss is scaled: the half sum is the equation above.
  public var reduction: DenoisingScoreMatching.Reduction
  /// Whether each example's loss has the factor `(g / s)^2` besides the variance.
  public var isWeighted: Bool
  /// The number of probes for each example.
  public var projections: Int
  /// How the square of the score is taken.
  public var form: Form

  /// Creates a loss.
  public init(
    reduction: DenoisingScoreMatching.Reduction = .halfSum, isWeighted: Bool = false,
    projections: Int = 1, form: Form = .reducedVariance
  ) {
    precondition(projections >= 1, "\(projections) projections, expected at least 1")
    self.reduction = reduction
    self.isWeighted = isWeighted
    self.projections = projections
    self.form = form
  }

  /// Builds the loss of each example.
  ///
  /// - Parameters:
  ///   - score: The score at the noisy data, `[B]` followed by the example's shape.
  ///   - data: What it is a function of; each example's score depends on that example only.
  ///   - probes: `projections` tensors of the score's shape, with `E[v v^T] = I`.
  ///   - standardDeviation: The standard deviation of the noise, `[B]`.
  ///   - weight: A factor for each example's loss, `[B]`; nil for 1.
  /// - Returns: The losses, `[B]`.
  public func losses(
    score: Value, at data: Value, probes: [Value], standardDeviation: Value, weight: Value? = nil
  ) -> Value {
    precondition(
      probes.count == projections, "\(probes.count) probe tensors, expected \(projections)")
    let slices = probes.map { probe -> Value in
      let curvature = (vjp(of: score, at: data, cotangent: probe) * probe).summedPerExample()
      let square =
        form == .projected
        ? square((score * probe).summedPerExample()) : square(score).summedPerExample()
      return curvature + 0.5 * square
    }
    let mean = slices.dropFirst().reduce(slices[0], +) * (1 / Float(slices.count))
    return reduction.scaled(
      mean, dimensions: score.shape.count / score.shape[0], standardDeviation: standardDeviation,
      weight: weight)
  }
}

/// The implicit score-matching loss, `tr J + 1/2 |s|^2` with the exact trace.
///
/// Source: Hyvärinen, "Estimation of Non-Normalized Statistical Models by Score Matching", JMLR
/// 2005, theorem 1. Each example's loss has the variance of its noise as a factor.
public struct ImplicitScoreMatching: Sendable, Hashable {
  /// How one example's loss is scaled: the half sum is the equation above.
  public var reduction: DenoisingScoreMatching.Reduction
  /// Whether each example's loss has the factor `(g / s)^2` besides the variance.
  public var isWeighted: Bool

  /// Creates a loss.
  public init(reduction: DenoisingScoreMatching.Reduction = .halfSum, isWeighted: Bool = false) {
    self.reduction = reduction
    self.isWeighted = isWeighted
  }

  /// Builds the loss of each example.
  ///
  /// - Parameters:
  ///   - score: The score at the noisy data, `[B]` followed by the example's shape.
  ///   - data: What it is a function of; each example's score depends on that example only.
  ///   - standardDeviation: The standard deviation of the noise, `[B]`.
  ///   - weight: A factor for each example's loss, `[B]`; nil for 1.
  /// - Returns: The losses, `[B]`.
  public func losses(
    score: Value, at data: Value, standardDeviation: Value, weight: Value? = nil
  ) -> Value {
    let losses = divergence(of: score, at: data) + 0.5 * square(score).summedPerExample()
    return reduction.scaled(
      losses, dimensions: score.shape.count / score.shape[0], standardDeviation: standardDeviation,
      weight: weight)
  }
}

extension DenoisingScoreMatching.Reduction {
  /// A half sum in units of this reduction, times the variance of the noise and a weight.
  fileprivate func scaled(
    _ losses: Value, dimensions: Int, standardDeviation: Value, weight: Value?
  ) -> Value {
    let factor: Float =
      switch self {
      case .halfSum: 1
      case .sum: 2
      case .mean: 2 / Float(dimensions)
      }
    let reduced = losses * square(standardDeviation) * factor
    return weight.map { reduced * $0 } ?? reduced
  }
}
