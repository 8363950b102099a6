import Foundation

/// The sub-VP process: the drift of VP with a smaller diffusion.
///
/// Its variance stays below that of VP at all times (Song et al. 2021, section 3.4).
public struct SubVP: BetaProcess, Hashable {
  /// The rate of the process.
  public let schedule: BetaSchedule

  /// Makes the process from its rate.
  public init(schedule: BetaSchedule) { self.schedule = schedule }

  /// The name "sub-VP".
  public var name: String { "sub-VP" }

  /// `1 - exp(-B)`.
  public func std(at time: Double) -> Double {
    -expm1(-schedule.integral(to: time))
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
}
