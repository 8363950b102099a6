/// The process that turns data into noise over t in [0, 1].
public struct SDESettings: Codable, Sendable, Equatable {
  /// The family of Song et al., "Score-Based Generative Modeling through SDEs" (2021).
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Variance exploding.
    case ve
    /// Variance preserving.
    case vp
    /// Sub-variance preserving.
    case subVP = "subvp"
  }

  /// The family.
  public var kind = Kind.ve
  /// The smallest standard deviation of the noise (VE).
  public var sigmaMin = 0.01
  /// The largest standard deviation of the noise (VE).
  public var sigmaMax = 50.0
  /// The rate of noise at t = 0 (VP and sub-VP).
  public var betaMin = 0.1
  /// The rate of noise at t = 1 (VP and sub-VP).
  public var betaMax = 20.0
  /// The number of levels of the discretized process.
  public var steps = 1000
  /// The smallest time at which the score is trained; 0 includes it.
  public var timeEpsilon = 1e-5
  /// The time at which sampling ends; null takes the family's usual one.
  public var samplingEpsilon: Double?

  /// Creates the default settings.
  public init() {}

  /// The time at which sampling ends: as configured, otherwise 1e-5 (VE) or 1e-3 (VP, sub-VP).
  public var samplingEnd: Double {
    samplingEpsilon ?? (kind == .ve ? 1e-5 : 1e-3)
  }
}

extension SDESettings {
  enum CodingKeys: String, CodingKey {
    case kind
    case sigmaMin = "sigma_min"
    case sigmaMax = "sigma_max"
    case betaMin = "beta_min"
    case betaMax = "beta_max"
    case steps
    case timeEpsilon = "time_epsilon"
    case samplingEpsilon = "sampling_epsilon"
  }
}

extension SDESettings.Kind: SettingChoice {}

extension SDESettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.kind, \.kind),
    SettingField(CodingKeys.sigmaMin, \.sigmaMin, .positive),
    SettingField(CodingKeys.sigmaMax, \.sigmaMax, .positive),
    SettingField(CodingKeys.betaMin, \.betaMin, .positive),
    SettingField(CodingKeys.betaMax, \.betaMax, .positive),
    SettingField(CodingKeys.steps, \.steps, .atLeast(2)),
    SettingField(CodingKeys.timeEpsilon, \.timeEpsilon, .fractionBelowOne),
    SettingField(CodingKeys.samplingEpsilon, \.samplingEpsilon, .optional(.insideUnitInterval)),
  ]
}
