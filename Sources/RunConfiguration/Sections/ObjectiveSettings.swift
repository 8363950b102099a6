/// The denoising score-matching loss.
public struct ObjectiveSettings: Codable, Sendable, Equatable {
  /// The weight of each time.
  public enum Weighting: String, Codable, Sendable, CaseIterable {
    /// The variance of the noise.
    case standard = "default"
    /// The squared diffusion, which bounds the likelihood.
    case likelihood
  }

  /// How the squares of one example's residual become one number.
  public enum Reduction: String, Codable, Sendable, CaseIterable {
    /// Half their sum, as for images.
    case halfSum = "half_sum"
    /// Their sum, as for the toy densities.
    case sum
    /// Their mean.
    case mean
  }

  /// The weight of each time.
  public var weighting = Weighting.standard
  /// How the squares of one example's residual become one number.
  public var reduction = Reduction.halfSum
  /// The power w of the noise's standard deviation s in the residual `s^w score + s^(w - 1) z`.
  public var noisePower = 1

  /// Creates the default settings.
  public init() {}
}

extension ObjectiveSettings {
  enum CodingKeys: String, CodingKey {
    case weighting, reduction
    case noisePower = "noise_power"
  }
}

extension ObjectiveSettings.Weighting: SettingChoice {}
extension ObjectiveSettings.Reduction: SettingChoice {}

extension ObjectiveSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.weighting, \.weighting),
    SettingField(CodingKeys.reduction, \.reduction),
    SettingField(CodingKeys.noisePower, \.noisePower, .atLeast(0)),
  ]
}
