import Foundation

/// The variance-preserving process `dx = -1/2 beta(t) x dt + sqrt(beta(t)) dw`.
public struct VP: BetaProcess, Hashable {
  /// The rate of the process.
  public let schedule: BetaSchedule

  /// Makes the process from its rate.
  public init(schedule: BetaSchedule) { self.schedule = schedule }

  /// The name "VP".
  public var name: String { "VP" }

  /// `sqrt(1 - exp(-B))`.
  public func std(at time: Double) -> Double {
    (-expm1(-schedule.integral(to: time))).squareRoot()
  }

  /// `sqrt(beta(t))`.
  public func diffusion(at time: Double) -> Double {
    schedule.rate(at: time).squareRoot()
  }

  /// `f = sqrt(1 - beta_i) - 1`, `G = sqrt(beta_i)`.
  ///
  /// This is the chain of Ho et al. 2020, arXiv 2006.11239, equation 2.
  public func discretization(at level: NoiseLevel) -> Discretization {
    let rate = schedule.rate(of: level)
    return Discretization(
      driftFactor: expm1(0.5 * log1p(-rate)), diffusion: rate.squareRoot())
  }

  /// Mean `(x + beta_i s) / sqrt(1 - beta_i)`, noise of variance `beta_i`.
  public func ancestralUpdate(at level: NoiseLevel) -> LinearUpdate? {
    let rate = schedule.rate(of: level)
    let scale = 1 / (1 - rate).squareRoot()
    return LinearUpdate(state: scale, score: rate * scale, noise: rate.squareRoot())
  }

  /// How `1 - exp(-B)` is computed in a likelihood weight.
  public enum LikelihoodWeightForm: Sendable, Hashable, CaseIterable {
    /// With all digits.
    case exact
    /// As `B` where that is at most 1e-3, as the implementation of Chao et al. 2023 has it; the
    /// weight is then up to 5e-4 too large at either end.
    case reference
  }

  /// The integral of `g(t)^2 / s(t)^2` over an interval of time.
  ///
  /// The integrand is the likelihood weight of a loss written in the predicted noise (Song et al.
  /// 2021, arXiv 2101.09258, section 4); time drawn in proportion to it lowers the variance of the
  /// objective. Its antiderivative is `ln(exp(B(t)) - 1)`.
  ///
  /// - Parameters:
  ///   - start: lower end, positive.
  ///   - end: upper end.
  ///   - form: how small values of `1 - exp(-B)` are computed.
  /// - Returns: the integral, without unit.
  public func likelihoodWeight(
    from start: Double, to end: Double, form: LikelihoodWeightForm = .exact
  ) -> Double {
    let (lower, upper) = (schedule.integral(to: start), schedule.integral(to: end))
    func variance(_ integral: Double) -> Double {
      form == .reference && integral <= 1e-3 ? integral : -expm1(-integral)
    }
    return log(variance(upper)) - log(variance(lower)) + upper - lower
  }
}
