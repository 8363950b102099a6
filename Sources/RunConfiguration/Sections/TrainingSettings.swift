/// The length and rhythm of training.
public struct TrainingSettings: Codable, Sendable, Equatable {
  /// The number of optimizer steps of the whole run.
  public var steps = 450_001
  /// The number of examples in one optimizer step over all ranks.
  public var globalBatch = 128
  /// The number of examples a replica differentiates at once; null derives it, see `BatchPlan`.
  public var microBatch: Int?
  /// The number of steps between checkpoints.
  public var checkpointEvery = 10_000
  /// The number of steps between grids of samples; 0 for none.
  public var sampleEvery = 10_000
  /// The number of steps between lines of the progress display.
  public var logEvery = 50
  /// The number of steps between evaluations; 0 for none.
  public var evaluateEvery = 0
  /// The number of steps in a row that may be skipped for a non-finite gradient.
  public var nonfiniteLimit = 10
  /// The wall time in minutes after which the run saves and stops; null for no limit.
  public var maxMinutes: Double?

  /// Creates the default settings.
  public init() {}
}

extension TrainingSettings {
  enum CodingKeys: String, CodingKey {
    case steps
    case globalBatch = "global_batch"
    case microBatch = "micro_batch"
    case checkpointEvery = "checkpoint_every"
    case sampleEvery = "sample_every"
    case logEvery = "log_every"
    case evaluateEvery = "evaluate_every"
    case nonfiniteLimit = "nonfinite_limit"
    case maxMinutes = "max_minutes"
  }
}

extension TrainingSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(
      CodingKeys.steps, \.steps, .atLeast(1), isRequired: true, mayChangeOnResume: true),
    SettingField(CodingKeys.globalBatch, \.globalBatch, .atLeast(1), isRequired: true),
    // The micro-batch has to follow the number of ranks, with which a run may change.
    SettingField(
      CodingKeys.microBatch, \.microBatch, .optional(.atLeast(1)), mayChangeOnResume: true),
    SettingField(
      CodingKeys.checkpointEvery, \.checkpointEvery, .atLeast(1), mayChangeOnResume: true),
    SettingField(CodingKeys.sampleEvery, \.sampleEvery, .atLeast(0), mayChangeOnResume: true),
    SettingField(CodingKeys.logEvery, \.logEvery, .atLeast(1), mayChangeOnResume: true),
    SettingField(CodingKeys.evaluateEvery, \.evaluateEvery, .atLeast(0), mayChangeOnResume: true),
    SettingField(
      CodingKeys.nonfiniteLimit, \.nonfiniteLimit, .atLeast(1), mayChangeOnResume: true),
    SettingField(
      CodingKeys.maxMinutes, \.maxMinutes, .optional(.positive(upTo: 100_000_000)),
      mayChangeOnResume: true),
  ]
}
