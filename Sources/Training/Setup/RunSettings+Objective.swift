public import RunConfiguration
public import Scores

extension RunSettings {
  /// The loss, the penalty, and when it is computed.
  public var trainingObjective: Objective {
    Objective(
      matching: matching, penalties: penalty.map { [$0] } ?? [],
      schedule: PenaltySchedule(interval: regularizer.every, fraction: regularizer.fraction))
  }

  private var matching: ScoreMatching {
    let reduction: DenoisingScoreMatching.Reduction =
      switch objective.reduction {
      case .halfSum: .halfSum
      case .sum: .sum
      case .mean: .mean
      }
    let isWeighted = objective.weighting == .likelihood
    return switch objective.kind {
    case .denoising:
      .denoising(
        DenoisingScoreMatching(
          reduction: reduction, isWeighted: isWeighted, noisePower: objective.noisePower))
    case .sliced:
      .sliced(
        SlicedScoreMatching(
          reduction: reduction, isWeighted: isWeighted, projections: objective.projections,
          form: objective.slicedForm == .projected ? .projected : .reducedVariance))
    case .implicit:
      .implicit(ImplicitScoreMatching(reduction: reduction, isWeighted: isWeighted))
    }
  }

  private var penalty: Penalty? {
    switch regularizer.kind {
    case .none: nil
    case .quasiConservative: .quasiConservative(quasiConservative)
    case .fokkerPlanck: .fokkerPlanck(fokkerPlanck)
    }
  }

  private var quasiConservative: QuasiConservative {
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

  private var fokkerPlanck: FokkerPlanck {
    let weight: FokkerPlanck.Weight =
      switch regularizer.timeWeight {
      case .constant: .constant
      case .diffusion: .diffusion
      case .likelihood: .likelihood
      }
    return FokkerPlanck(
      strength: Float(regularizer.weight), scalarStrength: Float(regularizer.scalarWeight),
      scalarForm: regularizer.scalarForm == .code ? .code : .meanZero,
      exponent: regularizer.exponent, weight: weight,
      timeDerivative: regularizer.timeDerivative == .stencil ? .stencil : .exact,
      divergence: regularizer.divergence == .exact ? .exact : .probes,
      route: regularizer.gradient == .nested ? .nested : .products,
      probes: regularizer.probes, pairsProbes: regularizer.pairedProbes)
  }
}
