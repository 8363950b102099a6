/// How ranks share the work of an update, and how often they meet.
public struct DataParallelSettings: Codable, Sendable, Equatable {
  /// Which rank updates what.
  public enum Mode: String, Codable, Sendable, CaseIterable {
    /// Every rank updates all weights.
    case allReduce = "allreduce"
    /// Every rank updates its part of the weights, and alone holds their moments and average.
    case sharded
  }

  /// Which rank updates what.
  public var mode = Mode.allReduce
  /// The number of steps that a rank makes by itself before all ranks join what they have found.
  public var localSteps = 1
  /// The learning rate of the step that joins them.
  public var outerLearningRate = 0.7
  /// The Nesterov momentum of the step that joins them.
  public var outerMomentum = 0.9

  /// Creates the default settings.
  public init() {}

  /// Whether ranks make steps by themselves.
  public var hasLocalSteps: Bool { localSteps > 1 }
}

extension DataParallelSettings {
  enum CodingKeys: String, CodingKey {
    case mode
    case localSteps = "local_steps"
    case outerLearningRate = "outer_learning_rate"
    case outerMomentum = "outer_momentum"
  }
}

extension DataParallelSettings.Mode: SettingChoice {}

extension DataParallelSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.mode, \.mode, mayChangeOnResume: true),
    SettingField(CodingKeys.localSteps, \.localSteps, .atLeast(1), mayChangeOnResume: true),
    SettingField(
      CodingKeys.outerLearningRate, \.outerLearningRate, .positive, mayChangeOnResume: true),
    SettingField(
      CodingKeys.outerMomentum, \.outerMomentum, .fractionBelowOne, mayChangeOnResume: true),
  ]
}
