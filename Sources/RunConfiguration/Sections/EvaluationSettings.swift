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

  /// How the divergence of the probability flow is computed, for the likelihood.
  public enum Divergence: String, Codable, Sendable, CaseIterable {
    /// Exactly for points of the plane, by Hutchinson's estimate for images.
    case auto
    /// From the whole Jacobian.
    case exact
    /// By Hutchinson's estimate with one random vector of 1 and -1 for each example and draw.
    case hutchinson
  }

  /// What is added to bits per dimension because 8-bit data were scaled to an interval.
  public enum BitsOffset: String, Codable, Sendable, CaseIterable {
    /// As the data are: none for points, else 7 if `model.centered` and 8 if not.
    case auto
    /// 0.
    case none
    /// 8, for data in [0, 1].
    case unit
    /// 7, for data in [-1, 1].
    case centred
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
  /// How the divergence of the probability flow is computed, for the likelihood.
  public var divergence = Divergence.auto
  /// The relative tolerance of the likelihood's solver.
  public var rtol = 1e-5
  /// The absolute tolerance of the likelihood's solver.
  public var atol = 1e-5
  /// The number of examples that share the solver's step sizes, whatever the number of ranks.
  public var groupSize = 100
  /// How often the likelihood of each example is computed, with fresh random vectors and fresh
  /// dequantization.
  public var draws = 1
  /// Whether uniform noise of one grey level is added to images for their likelihood.
  public var dequantize = true
  /// What is added to bits per dimension.
  public var bitsOffset = BitsOffset.auto

  /// Creates the default settings.
  public init() {}
}

extension EvaluationSettings {
  enum CodingKeys: String, CodingKey {
    case levels, examples, batch, probes, estimator, weights, divergence, rtol, atol
    case groupSize = "group_size"
    case draws, dequantize
    case bitsOffset = "bits_offset"
  }
}

extension EvaluationSettings.Divergence: SettingChoice {}
extension EvaluationSettings.BitsOffset: SettingChoice {}
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
    SettingField(CodingKeys.divergence, \.divergence, mayChangeOnResume: true),
    SettingField(CodingKeys.rtol, \.rtol, .positive, mayChangeOnResume: true),
    SettingField(CodingKeys.atol, \.atol, .positive, mayChangeOnResume: true),
    SettingField(CodingKeys.groupSize, \.groupSize, .atLeast(1), mayChangeOnResume: true),
    SettingField(CodingKeys.draws, \.draws, .atLeast(1), mayChangeOnResume: true),
    SettingField(CodingKeys.dequantize, \.dequantize, mayChangeOnResume: true),
    SettingField(CodingKeys.bitsOffset, \.bitsOffset, mayChangeOnResume: true),
  ]
}
