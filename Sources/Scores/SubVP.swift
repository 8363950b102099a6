import Foundation

/// The sub-VP process: the drift of VP with a smaller diffusion.
///
/// Its variance stays below that of VP at all times (Song et al. 2021, section 3.4).
public struct SubVP: SDE, Hashable {
  /// The rate of the process.
  public let schedule: BetaSchedule

  /// Makes the process from its rates at the two ends.
  ///
  /// - Parameters:
  ///   - betaMin: rate at time 0, positive.
  ///   - betaMax: rate at time 1, at least `betaMin`.
  /// - Throws: `ScoresError.invalidSetting`.
  public init(betaMin: Double = 0.1, betaMax: Double = 20) throws(ScoresError) {
    schedule = try BetaSchedule(betaMin: betaMin, betaMax: betaMax)
  }

  /// The name "sub-VP".
  public var name: String { "sub-VP" }

  /// 1: the prior is a standard Gaussian.
  public var priorStd: Double { 1 }

  /// 1e-3.
  public var samplingEpsilon: Double { 1e-3 }

  /// `exp(-B / 2)` with B the integral of beta.
  public func meanFactor(at time: Double) -> Double {
    exp(-0.5 * schedule.integral(to: time))
  }

  /// `1 - exp(-B)`.
  public func std(at time: Double) -> Double {
    -expm1(-schedule.integral(to: time))
  }

  /// `-beta(t) / 2`.
  public func driftFactor(at time: Double) -> Double {
    -0.5 * schedule.rate(at: time)
  }

  /// `sqrt(beta(t) (1 - exp(-2 B)))`.
  public func diffusion(at time: Double) -> Double {
    (schedule.rate(at: time) * -expm1(-2 * schedule.integral(to: time))).squareRoot()
  }

  /// The Euler step of length 1/N at the level's continuous time.
  public func discretization(at level: NoiseLevel) -> Discretization {
    let steps = Double(level.count)
    return Discretization(
      driftFactor: driftFactor(at: level.time) / steps,
      diffusion: diffusion(at: level.time) / steps.squareRoot())
  }

  /// Nil: the process defines no ancestral sampling.
  public func ancestralUpdate(at level: NoiseLevel) -> LinearUpdate? { nil }

  /// `1 - beta_i`, as for VP, whose rates the process shares.
  public func langevinFactor(at level: NoiseLevel) -> Double {
    1 - schedule.rate(of: level)
  }

  /// Checks that every discrete rate is below 1.
  ///
  /// - Parameter steps: number of steps N.
  /// - Throws: `ScoresError.invalidSetting`.
  public func validate(steps: Int) throws(ScoresError) {
    try schedule.validate(steps: steps)
  }
}
