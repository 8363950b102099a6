import Foundation

/// A process whose drift `-1/2 beta(t) x` shrinks the data to nothing: VP and sub-VP.
///
/// The two differ in their diffusion, and so in their variance and discrete steps; what follows
/// from the rate alone stands here. B(t) is the integral of beta from 0 to t.
public protocol BetaProcess: SDE {
  /// The rate of the process.
  var schedule: BetaSchedule { get }

  /// Makes the process from its rate.
  init(schedule: BetaSchedule)
}

extension BetaProcess {
  /// Makes the process from its rates at the two ends.
  ///
  /// - Parameters:
  ///   - betaMin: rate at time 0, positive.
  ///   - betaMax: rate at time 1, at least `betaMin`.
  /// - Throws: `ScoresError.invalidSetting`.
  public init(betaMin: Double = 0.1, betaMax: Double = 20) throws(ScoresError) {
    self.init(schedule: try BetaSchedule(betaMin: betaMin, betaMax: betaMax))
  }

  /// 1: the prior is a standard Gaussian.
  public var priorStd: Double { 1 }

  /// 1e-3.
  public var samplingEpsilon: Double { 1e-3 }

  /// `exp(-B / 2)`.
  public func meanFactor(at time: Double) -> Double {
    exp(-0.5 * schedule.integral(to: time))
  }

  /// `-beta(t) / 2`.
  public func driftFactor(at time: Double) -> Double {
    -0.5 * schedule.rate(at: time)
  }

  /// `1 - beta_i`, for sub-VP too, which shares the rates of VP.
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
