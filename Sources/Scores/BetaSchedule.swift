import Foundation

/// The linear rate `beta(t) = betaMin + t (betaMax - betaMin)` shared by VP and sub-VP.
public struct BetaSchedule: Sendable, Hashable {
  /// Rate at time 0.
  public let betaMin: Double
  /// Rate at time 1.
  public let betaMax: Double

  /// Makes the schedule; the defaults are the usual ones.
  ///
  /// - Parameters:
  ///   - betaMin: rate at time 0, positive.
  ///   - betaMax: rate at time 1, at least `betaMin`.
  /// - Throws: `ScoresError.invalidSetting`.
  public init(betaMin: Double = 0.1, betaMax: Double = 20) throws(ScoresError) {
    try require(
      betaMin > 0 && betaMin.isFinite, "betaMin", found: betaMin, expected: "a positive number")
    try require(
      betaMax >= betaMin && betaMax.isFinite, "betaMax", found: betaMax,
      expected: "a number of at least betaMin, \(betaMin)")
    self.betaMin = betaMin
    self.betaMax = betaMax
  }

  /// The rate beta(t).
  public func rate(at time: Double) -> Double {
    betaMin + time * (betaMax - betaMin)
  }

  /// The integral of beta from 0 to t.
  public func integral(to time: Double) -> Double {
    time * (betaMin + 0.5 * time * (betaMax - betaMin))
  }

  /// The discrete rate beta_i, evenly spaced from `betaMin / N` to `betaMax / N`.
  public func rate(of level: NoiseLevel) -> Double {
    rate(at: Double(level.index) / Double(level.count - 1)) / Double(level.count)
  }

  /// Checks that every discrete rate of an N-step sampler is below 1, so that `sqrt(1 - beta_i)`
  /// exists.
  ///
  /// - Parameter steps: number of steps N.
  /// - Throws: `ScoresError.invalidSetting`.
  public func validate(steps: Int) throws(ScoresError) {
    try require(
      Double(steps) > betaMax, "number of steps", found: steps,
      expected: "more than betaMax, \(betaMax)")
  }
}
