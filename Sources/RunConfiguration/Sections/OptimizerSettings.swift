/// Adam, its warm-up and gradient clipping.
public struct OptimizerSettings: Codable, Sendable, Equatable {
  /// The learning rate after warm-up.
  public var learningRate = 2e-4
  /// The decay of the first moment.
  public var beta1 = 0.9
  /// The decay of the second moment.
  public var beta2 = 0.999
  /// The number added to the square root of the second moment.
  public var epsilon = 1e-8
  /// The number of steps over which the learning rate grows linearly from 0; 0 for none.
  public var warmupSteps = 5000
  /// The largest L2 norm of the whole gradient; 0 leaves it as it is.
  public var clipNorm = 1.0
  /// The factor of the weights that is added to the clipped gradient, as in Adam, not AdamW.
  public var weightDecay = 0.0

  /// Creates the default settings.
  public init() {}
}

extension OptimizerSettings {
  enum CodingKeys: String, CodingKey {
    case learningRate = "learning_rate"
    case beta1, beta2, epsilon
    case warmupSteps = "warmup_steps"
    case clipNorm = "clip_norm"
    case weightDecay = "weight_decay"
  }
}

extension OptimizerSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.learningRate, \.learningRate, .positive),
    SettingField(CodingKeys.beta1, \.beta1, .fractionBelowOne),
    SettingField(CodingKeys.beta2, \.beta2, .fractionBelowOne),
    SettingField(CodingKeys.epsilon, \.epsilon, .positive),
    SettingField(CodingKeys.warmupSteps, \.warmupSteps, .atLeast(0)),
    SettingField(CodingKeys.clipNorm, \.clipNorm, .nonnegative),
    SettingField(CodingKeys.weightDecay, \.weightDecay, .nonnegative),
  ]
}
