/// A key whose value differs between two runs.
public struct SettingDifference: Sendable, Equatable, CustomStringConvertible {
  /// The dotted key.
  public let key: String
  /// The first run's value in YAML.
  public let left: String
  /// The second run's value in YAML.
  public let right: String

  /// The difference on one line.
  public var description: String { "\(key): \(left) -> \(right)" }
}

extension RunSettings {
  /// The keys whose values differ, in the order of the YAML output.
  public static func differences(between left: RunSettings, and right: RunSettings)
    -> [SettingDifference]
  {
    differences(between: left, and: right, in: fields)
  }

  /// The differences from a checkpoint's settings under which the run cannot go on from it.
  ///
  /// What belongs to the model and to the series of training steps must be the same. The length and
  /// rhythm of training, checkpoints, sampling, evaluation and communication may change.
  ///
  /// - Parameter checkpoint: The settings under which the checkpoint was written; they are the left
  ///   side of each difference.
  /// - Returns: The differences, none if the run can go on.
  public func differencesThatForbidResume(from checkpoint: RunSettings) -> [SettingDifference] {
    let identity = Self.fields.filter { !$0.mayChangeOnResume }
    return Self.differences(between: checkpoint, and: self, in: identity)
  }

  private static func differences(
    between left: RunSettings, and right: RunSettings, in fields: [SettingField<RunSettings>]
  ) -> [SettingDifference] {
    fields.compactMap { field in
      let (left, right) = (field.yaml(left), field.yaml(right))
      return left == right ? nil : SettingDifference(key: field.key, left: left, right: right)
    }
  }
}
