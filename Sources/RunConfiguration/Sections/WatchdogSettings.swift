/// How long a run may be without progress before it is ended.
///
/// Each limit is in seconds; 0 is none. A limit below the 10 seconds in which Open MPI notices a lost
/// host (see `cluster/launch`) ends runs that Open MPI would have ended with a better message.
public struct WatchdogSettings: Codable, Sendable, Equatable {
  /// From the start of a session to the end of its first step, with reading and compiling.
  public var startSeconds = 1800.0
  /// From one step to the next; four times the longest step of the session if that is more.
  public var stepSeconds = 300.0
  /// For beginning or completing a checkpoint, not for the writing beside training.
  public var checkpointSeconds = 1800.0
  /// For one grid of samples or one evaluation.
  public var evaluationSeconds = 14_400.0

  /// Creates the default settings.
  public init() {}
}

extension WatchdogSettings {
  enum CodingKeys: String, CodingKey {
    case startSeconds = "start_seconds"
    case stepSeconds = "step_seconds"
    case checkpointSeconds = "checkpoint_seconds"
    case evaluationSeconds = "evaluation_seconds"
  }
}

extension WatchdogSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.startSeconds, \.startSeconds, .nonnegative, mayChangeOnResume: true),
    SettingField(CodingKeys.stepSeconds, \.stepSeconds, .nonnegative, mayChangeOnResume: true),
    SettingField(
      CodingKeys.checkpointSeconds, \.checkpointSeconds, .nonnegative, mayChangeOnResume: true),
    SettingField(
      CodingKeys.evaluationSeconds, \.evaluationSeconds, .nonnegative, mayChangeOnResume: true),
  ]
}
