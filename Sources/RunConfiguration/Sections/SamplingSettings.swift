/// How samples are drawn.
public struct SamplingSettings: Codable, Sendable, Equatable {
  /// The method.
  public enum Sampler: String, Codable, Sendable, CaseIterable {
    /// Predictor and corrector steps along the reverse SDE.
    case pc
    /// The probability-flow ODE with an adaptive Runge-Kutta pair of orders 5 and 4.
    case ode
    /// The probability-flow ODE by Heun's method, of order 2 with `steps` equal steps.
    case heun
  }

  /// The step along the reverse SDE.
  public enum Predictor: String, Codable, Sendable, CaseIterable {
    /// The discretization of the forward SDE, reversed.
    case reverseDiffusion = "reverse_diffusion"
    /// Euler-Maruyama.
    case eulerMaruyama = "euler_maruyama"
    /// Ancestral sampling.
    case ancestral
  }

  /// The step at a fixed noise level.
  public enum Corrector: String, Codable, Sendable, CaseIterable {
    /// Langevin dynamics.
    case langevin
    /// No correction.
    case none
  }

  /// The method.
  public var sampler = Sampler.pc
  /// The predictor of the PC sampler.
  public var predictor = Predictor.reverseDiffusion
  /// The corrector of the PC sampler.
  public var corrector = Corrector.langevin
  /// The number of times of the PC sampler, or of steps of Heun's method.
  public var steps = 1000
  /// The signal-to-noise ratio that sets the Langevin step.
  public var snr = 0.16
  /// The number of corrections at each time.
  public var correctorSteps = 1
  /// Whether the last step ends at its mean, without noise.
  public var denoise = true
  /// The relative tolerance of the ODE.
  public var rtol = 1e-4
  /// The absolute tolerance of the ODE.
  public var atol = 1e-6
  /// The number of samples.
  public var count = 64
  /// The number of samples that share their step sizes, whatever the number of ranks.
  public var groupSize = 64

  /// Creates the default settings.
  public init() {}
}

extension SamplingSettings {
  enum CodingKeys: String, CodingKey {
    case sampler, predictor, corrector, steps, snr
    case correctorSteps = "corrector_steps"
    case denoise, rtol, atol, count
    case groupSize = "group_size"
  }
}

extension SamplingSettings.Sampler: SettingChoice {}
extension SamplingSettings.Predictor: SettingChoice {}
extension SamplingSettings.Corrector: SettingChoice {}

extension SamplingSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.sampler, \.sampler, mayChangeOnResume: true),
    SettingField(CodingKeys.predictor, \.predictor, mayChangeOnResume: true),
    SettingField(CodingKeys.corrector, \.corrector, mayChangeOnResume: true),
    SettingField(CodingKeys.steps, \.steps, .atLeast(2), mayChangeOnResume: true),
    SettingField(CodingKeys.snr, \.snr, .positive, mayChangeOnResume: true),
    SettingField(
      CodingKeys.correctorSteps, \.correctorSteps, .atLeast(1), mayChangeOnResume: true),
    SettingField(CodingKeys.denoise, \.denoise, mayChangeOnResume: true),
    SettingField(CodingKeys.rtol, \.rtol, .positive, mayChangeOnResume: true),
    SettingField(CodingKeys.atol, \.atol, .positive, mayChangeOnResume: true),
    SettingField(CodingKeys.count, \.count, .atLeast(1), mayChangeOnResume: true),
    SettingField(CodingKeys.groupSize, \.groupSize, .atLeast(1), mayChangeOnResume: true),
  ]
}
