/// Which checkpoints are kept.
public struct CheckpointSettings: Codable, Sendable, Equatable {
  /// The number of newest checkpoints that are kept.
  public var keepLast = 3
  /// Checkpoints whose step is a multiple of this are kept too; 0 for none.
  public var keepEvery = 0

  /// Creates the default settings.
  public init() {}
}

extension CheckpointSettings {
  enum CodingKeys: String, CodingKey {
    case keepLast = "keep_last"
    case keepEvery = "keep_every"
  }
}

extension CheckpointSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.keepLast, \.keepLast, .atLeast(1), mayChangeOnResume: true),
    SettingField(CodingKeys.keepEvery, \.keepEvery, .atLeast(0), mayChangeOnResume: true),
  ]
}
