import Foundation

/// A diffusion process on t in [0, 1] that carries data into a Gaussian prior.
///
/// It reads `dx = a(t) x dt + g(t) dw` (Song et al. 2021, arXiv 2011.13456, section 3). The conditional law of x(t) given x(0) is `N(m(t) x(0), s(t)^2 I)`. All functions are evaluated
/// in Double, in forms that keep their digits as t approaches 0.
public protocol SDE: Sendable {
  /// Name used in messages, such as "VE".
  var name: String { get }
  /// Standard deviation of the prior, a centred isotropic Gaussian.
  var priorStd: Double { get }
  /// Smallest time at which samplers stop by default.
  var samplingEpsilon: Double { get }
  /// The coefficient m(t) of x(0) in the mean of x(t).
  func meanFactor(at time: Double) -> Double
  /// The standard deviation s(t) of x(t) given x(0).
  func std(at time: Double) -> Double
  /// The coefficient a(t) of the linear drift.
  func driftFactor(at time: Double) -> Double
  /// The diffusion coefficient g(t).
  func diffusion(at time: Double) -> Double
  /// The process's own step from one level to the next.
  func discretization(at level: NoiseLevel) -> Discretization
  /// The update of ancestral sampling, or nil where the process defines none.
  func ancestralUpdate(at level: NoiseLevel) -> LinearUpdate?
  /// The factor alpha of a Langevin corrector's step size.
  func langevinFactor(at level: NoiseLevel) -> Double
  /// Throws `ScoresError.invalidSetting` when the process cannot be cut into so many steps.
  func validate(steps: Int) throws(ScoresError)
}

/// One step of the forward process in discrete time: `x_{i+1} = x_i + f x_i + G z`.
public struct Discretization: Sendable, Hashable {
  /// The coefficient f of the state in the increment.
  public var driftFactor: Double
  /// The coefficient G of the noise.
  public var diffusion: Double

  /// Makes a step from its two coefficients.
  public init(driftFactor: Double, diffusion: Double) {
    self.driftFactor = driftFactor
    self.diffusion = diffusion
  }
}

extension SDE {
  /// Smallest time seen in training and in likelihoods.
  public var trainingEpsilon: Double { 1e-5 }

  /// The time derivative of the standard deviation s, from `d(s^2)/dt = 2 a s^2 + g^2`.
  ///
  /// The variance of every linear process follows this equation. It is infinite where s is 0.
  public func stdRate(at time: Double) -> Double {
    let (std, diffusion) = (std(at: time), diffusion(at: time))
    return driftFactor(at: time) * std + diffusion * diffusion / (2 * std)
  }

  /// Any number of steps will do.
  public func validate(steps: Int) throws(ScoresError) {}

  /// Log density of the prior in nats at one point.
  ///
  /// - Parameter latent: the D coordinates of the point.
  /// - Returns: nats.
  public func priorLogDensity(of latent: some Collection<Double>) -> Double {
    let squaredNorm = latent.reduce(0) { $0 + $1 * $1 }
    let variance = priorStd * priorStd
    return -0.5 * Double(latent.count) * log(2 * Double.pi * variance)
      - squaredNorm / (2 * variance)
  }
}
