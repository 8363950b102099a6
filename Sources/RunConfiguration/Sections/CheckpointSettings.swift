/// Which checkpoints are kept.
public struct CheckpointSettings: Codable, Sendable, Equatable {
  /// What a run does when the system refuses to write a checkpoint, as a full disk does.
  public enum ErrorResponse: String, Codable, Sendable, CaseIterable {
    /// The run ends; older checkpoints stay.
    case stop
    /// Training goes on with a warning, and the next checkpoint is tried when it is due. Only the
    /// last checkpoint of a session must succeed.
    case `continue`
  }

  /// The number of newest checkpoints that are kept.
  public var keepLast = 3
  /// Checkpoints whose step is a multiple of this are kept too; 0 for none.
  public var keepEvery = 0
  /// What to do when a checkpoint cannot be written.
  public var onError = ErrorResponse.stop

  /// Creates the default settings.
  public init() {}
}

extension CheckpointSettings {
  enum CodingKeys: String, CodingKey {
    case keepLast = "keep_last"
    case keepEvery = "keep_every"
    case onError = "on_error"
  }
}

extension CheckpointSettings.ErrorResponse: SettingChoice {}

extension CheckpointSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.keepLast, \.keepLast, .atLeast(1), mayChangeOnResume: true),
    SettingField(CodingKeys.keepEvery, \.keepEvery, .atLeast(0), mayChangeOnResume: true),
    SettingField(CodingKeys.onError, \.onError, mayChangeOnResume: true),
  ]
}
