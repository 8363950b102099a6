/// An input of programs over noisy data that follows from an example's time alone, `[B]`.
///
/// They are computed in double precision outside of programs, where the differences that small
/// noise levels are made of keep their digits. With the time derivatives of whatever a score depends
/// on, the time derivative of the score is a Jacobian-vector product.
public enum LevelInput: String, Sendable, CaseIterable {
  /// The factor m of the clean data in the noisy data.
  case meanFactor = "mean_factor"
  /// The standard deviation s of the noise.
  case standardDeviation = "std"
  /// What the network is told about the noise level.
  case condition = "noise"
  /// The factor `(g / s)^2` of a loss that is weighted by likelihood.
  case likelihoodWeight = "weight"
  /// The coefficient a of the linear drift `f = a x`.
  case driftFactor = "drift_factor"
  /// The squared diffusion `g^2`.
  case squaredDiffusion = "g2"
  /// The time derivative of the standard deviation.
  case standardDeviationRate = "std_rate"
  /// The time derivative of what the network is told.
  case conditionRate = "noise_rate"
  /// The standard deviation at the earlier point of a ``TimeStencil``.
  case earlierStandardDeviation = "earlier_std"
  /// What the network is told at the earlier point.
  case earlierCondition = "earlier_noise"
  /// The standard deviation at the later point.
  case laterStandardDeviation = "later_std"
  /// What the network is told at the later point.
  case laterCondition = "later_noise"
  /// The factor of the value at the earlier point.
  case earlierFactor = "earlier_factor"
  /// The factor of the value at the time itself.
  case presentFactor = "present_factor"
  /// The factor of the value at the later point.
  case laterFactor = "later_factor"

  /// The input's value for an example.
  ///
  /// - Parameters:
  ///   - time: The example's time.
  ///   - sde: The process.
  ///   - condition: What the network is told.
  /// - Returns: The value; the rate of a condition with steps is 0.
  public func value(at time: Double, of sde: any SDE, told condition: NoiseCondition) -> Double {
    let stencil = TimeStencil(at: time)
    return switch self {
    case .meanFactor: sde.meanFactor(at: time)
    case .standardDeviation: sde.std(at: time)
    case .condition: condition.value(at: time, of: sde)
    case .likelihoodWeight: sde.likelihoodWeight(at: time)
    case .driftFactor: sde.driftFactor(at: time)
    case .squaredDiffusion: sde.diffusion(at: time) * sde.diffusion(at: time)
    case .standardDeviationRate: sde.stdRate(at: time)
    case .conditionRate: condition.rate(at: time, of: sde)
    case .earlierStandardDeviation: sde.std(at: stencil.earlier)
    case .earlierCondition: condition.value(at: stencil.earlier, of: sde)
    case .laterStandardDeviation: sde.std(at: stencil.later)
    case .laterCondition: condition.value(at: stencil.later, of: sde)
    case .earlierFactor: stencil.earlierFactor
    case .presentFactor: stencil.presentFactor
    case .laterFactor: stencil.laterFactor
    }
  }
}
