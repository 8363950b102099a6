/// The exponential moving average of the weights.
public struct EMASettings: Codable, Sendable, Equatable {
  /// The factor of the average at each step; 0 keeps no average.
  public var decay = 0.999
  /// Whether the factor starts small, as the minimum of `decay` and (1 + n) / (10 + n) at update n.
  public var ramp = true

  /// Creates the default settings.
  public init() {}

  /// Whether an average is kept.
  public var isOn: Bool { decay > 0 }
}

extension EMASettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.decay, \.decay, .fractionBelowOne),
    SettingField(CodingKeys.ramp, \.ramp),
  ]
}
