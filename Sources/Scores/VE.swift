import Foundation

/// The variance-exploding process: no drift, geometric noise levels from `sigmaMin` to `sigmaMax`.
///
/// Following common practice its marginal is taken as `N(x(0), sigma(t)^2)`, although the exact
/// variance is `sigma(t)^2 - sigmaMin^2` (Song et al. 2021, appendix C).
public struct VE: SDE, Hashable {
  /// Noise level at time 0.
  public let sigmaMin: Double
  /// Noise level at time 1, of the order of the largest distance between data points.
  public let sigmaMax: Double

  /// Makes the process; the defaults are the usual ones for CIFAR-10.
  ///
  /// - Parameters:
  ///   - sigmaMin: smallest noise level, positive.
  ///   - sigmaMax: largest noise level, above `sigmaMin`.
  /// - Throws: `ScoresError.invalidSetting`.
  public init(sigmaMin: Double = 0.01, sigmaMax: Double = 50) throws(ScoresError) {
    try require(
      sigmaMin > 0 && sigmaMin.isFinite, "sigmaMin", found: sigmaMin, expected: "a positive number")
    try require(
      sigmaMax > sigmaMin && sigmaMax.isFinite, "sigmaMax", found: sigmaMax,
      expected: "a number above sigmaMin, \(sigmaMin)")
    self.sigmaMin = sigmaMin
    self.sigmaMax = sigmaMax
  }

  /// The name "VE".
  public var name: String { "VE" }

  /// The largest noise level.
  public var priorStd: Double { sigmaMax }

  /// 1e-5.
  public var samplingEpsilon: Double { 1e-5 }

  /// The noise level `sigmaMin (sigmaMax / sigmaMin)^t`.
  public func sigma(at time: Double) -> Double {
    sigmaMin * exp(time * logRatio)
  }

  /// Noise level i of N, log-spaced from `sigmaMin` to `sigmaMax`.
  public func sigma(of level: NoiseLevel) -> Double {
    sigma(at: Double(level.index) / Double(level.count - 1))
  }

  /// 1: the data keep their scale.
  public func meanFactor(at time: Double) -> Double { 1 }

  /// The noise level.
  public func std(at time: Double) -> Double { sigma(at: time) }

  /// 0: there is no drift.
  public func driftFactor(at time: Double) -> Double { 0 }

  /// `sigma(t) sqrt(2 ln(sigmaMax / sigmaMin))`.
  public func diffusion(at time: Double) -> Double {
    sigma(at: time) * (2 * logRatio).squareRoot()
  }

  /// `G^2 = sigma_i^2 - sigma_{i-1}^2` with `sigma_{-1} = 0`.
  public func discretization(at level: NoiseLevel) -> Discretization {
    Discretization(driftFactor: 0, diffusion: addedVariance(at: level).squareRoot())
  }

  /// Mean `x + G^2 s`, noise of variance `sigma_{i-1}^2 G^2 / sigma_i^2`.
  public func ancestralUpdate(at level: NoiseLevel) -> LinearUpdate? {
    let added = addedVariance(at: level)
    let current = sigma(of: level)
    let remaining = max(current * current - added, 0)
    return LinearUpdate(
      state: 1, score: added,
      noise: level.index == 0 ? 0 : (remaining * added).squareRoot() / current)
  }

  /// 1: Langevin steps are not rescaled.
  public func langevinFactor(at level: NoiseLevel) -> Double { 1 }

  private var logRatio: Double { log(sigmaMax / sigmaMin) }

  // Neighbouring levels differ by less than two per cent, so the difference of their squares is
  // taken through expm1 of the constant log spacing.
  private func addedVariance(at level: NoiseLevel) -> Double {
    let variance = sigma(of: level) * sigma(of: level)
    guard level.index > 0 else { return variance }
    return variance * -expm1(-2 * logRatio / Double(level.count - 1))
  }
}
