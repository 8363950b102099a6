/// The training of a classifier of noisy data in place of a score model.
///
/// Source: Chao et al., "Denoising Likelihood Score Matching for Conditional Score-based Data
/// Generation" (2022).
public struct ClassifierSettings: Codable, Sendable, Equatable {
  /// What a classifier is trained on.
  public enum Objective: String, Codable, Sendable, CaseIterable {
    /// The run trains a score model.
    case none
    /// The cross-entropy alone.
    case crossEntropy = "cross_entropy"
    /// Likelihood score matching alone.
    case likelihood = "dlsm"
    /// Likelihood score matching plus `coefficient` times the cross-entropy.
    case total
  }

  /// How the logarithm is formed whose gradient is the likelihood score.
  public enum Logarithm: String, Codable, Sendable, CaseIterable {
    /// The logarithm of the softmax.
    case exact
    /// The logarithm of the softmax plus 1e-8, as in the authors' code.
    case shifted
  }

  /// Which weights of the score model are used.
  public enum Weights: String, Codable, Sendable, CaseIterable {
    /// Their moving average.
    case ema
    /// The optimizer's own.
    case raw
  }

  /// What the classifier is trained on; `none` trains a score model.
  public var objective = Objective.none
  /// The factor of the cross-entropy beside likelihood score matching.
  public var coefficient = 1.0
  /// The power of the noise's standard deviation that multiplies the residual of likelihood score
  /// matching.
  public var likelihoodPower = 2
  /// The power of the noise's standard deviation by whose square the cross-entropy is divided.
  public var crossEntropyPower = 0
  /// How the logarithm is formed whose gradient is the likelihood score.
  public var logarithm = Logarithm.exact
  /// The run folder of the score model that likelihood score matching needs.
  public var scoreRun: String?
  /// Which of its weights are used.
  public var scoreWeights = Weights.ema
  /// The step of its checkpoint; null takes the newest.
  public var scoreStep: Int?
  /// The number of consecutive examples that share statistics of batch normalization; 0 for the
  /// whole global batch, which one rank must then hold in one micro-batch.
  public var normalizationGroup = 0

  /// Creates the default settings.
  public init() {}
}

extension ClassifierSettings {
  enum CodingKeys: String, CodingKey {
    case objective, coefficient
    case likelihoodPower = "likelihood_power"
    case crossEntropyPower = "cross_entropy_power"
    case logarithm
    case scoreRun = "score_run"
    case scoreWeights = "score_weights"
    case scoreStep = "score_step"
    case normalizationGroup = "normalization_group"
  }

  /// Whether the run trains a classifier.
  public var isTrained: Bool { objective != .none }

  /// Whether the objective needs the score of the data without their class.
  public var needsScore: Bool { objective == .likelihood || objective == .total }
}

extension ClassifierSettings.Objective: SettingChoice {}
extension ClassifierSettings.Logarithm: SettingChoice {}
extension ClassifierSettings.Weights: SettingChoice {}

extension ClassifierSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.objective, \.objective),
    SettingField(CodingKeys.coefficient, \.coefficient, .nonnegative),
    SettingField(CodingKeys.likelihoodPower, \.likelihoodPower, .atLeast(0)),
    SettingField(CodingKeys.crossEntropyPower, \.crossEntropyPower, .atLeast(0)),
    SettingField(CodingKeys.logarithm, \.logarithm),
    SettingField(
      CodingKeys.scoreRun, \.scoreRun, .optional(.nonempty), mayChangeOnResume: true),
    SettingField(CodingKeys.scoreWeights, \.scoreWeights),
    SettingField(CodingKeys.scoreStep, \.scoreStep, .optional(.atLeast(0))),
    SettingField(CodingKeys.normalizationGroup, \.normalizationGroup, .atLeast(0)),
  ]
}
