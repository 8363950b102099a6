/// How a model is evaluated.
public struct EvaluationSettings: Codable, Sendable, Equatable {
  /// How the asymmetry is estimated, see `RegularizerSettings.Estimator`.
  public enum Estimator: String, Codable, Sendable, CaseIterable {
    /// |u - w|^2 / 2, with NAsym as a ratio of means.
    case skew
    /// u.u - u.w, with NAsym as a mean of ratios, as in the paper.
    case paper
  }

  /// The weights that are evaluated.
  public enum Weights: String, Codable, Sendable, CaseIterable {
    /// Their moving average.
    case ema
    /// The optimizer's own.
    case raw
  }

  /// The number of noise levels.
  public var levels = 10
  /// The number of test examples; 0 for all of them.
  public var examples = 0
  /// The number of examples evaluated at once over all ranks.
  public var batch = 100
  /// The number of random vectors for each example and level.
  public var probes = 1
  /// How the asymmetry is estimated.
  public var estimator = Estimator.skew
  /// The weights that are evaluated.
  public var weights = Weights.ema

  /// Creates the default settings.
  public init() {}
}

extension EvaluationSettings.Estimator: SettingChoice {}
extension EvaluationSettings.Weights: SettingChoice {}

extension EvaluationSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.levels, \.levels, .atLeast(1), mayChangeOnResume: true),
    SettingField(CodingKeys.examples, \.examples, .atLeast(0), mayChangeOnResume: true),
    SettingField(CodingKeys.batch, \.batch, .atLeast(1), mayChangeOnResume: true),
    SettingField(CodingKeys.probes, \.probes, .atLeast(1), mayChangeOnResume: true),
    SettingField(CodingKeys.estimator, \.estimator, mayChangeOnResume: true),
    SettingField(CodingKeys.weights, \.weights, mayChangeOnResume: true),
  ]
}
