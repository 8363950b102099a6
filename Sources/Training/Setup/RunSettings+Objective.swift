public import RunConfiguration
public import Scores

extension RunSettings {
  /// The loss, the penalty, and when it is computed.
  public var trainingObjective: Objective {
    let reduction: DenoisingScoreMatching.Reduction =
      switch objective.reduction {
      case .halfSum: .halfSum
      case .sum: .sum
      case .mean: .mean
      }
    return Objective(
      denoising: DenoisingScoreMatching(
        reduction: reduction, isWeighted: objective.weighting == .likelihood,
        noisePower: objective.noisePower),
      penalty: penalty,
      schedule: PenaltySchedule(interval: regularizer.every, fraction: regularizer.fraction))
  }

  private var penalty: QuasiConservative? {
    guard regularizer.kind == .quasiConservative else { return nil }
    let estimator: QuasiConservative.Estimator =
      switch regularizer.estimator {
      case .skew: .skew
      case .paper: .paper
      case .exact: .exact
      }
    return QuasiConservative(
      estimator: estimator, strength: Float(regularizer.weight), probes: regularizer.probes,
      noisePower: regularizer.noisePower)
  }
}
