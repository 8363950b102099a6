import Yams

/// One key of the configuration: its name, how it is read, shown and checked.
///
/// The fields are the only description of the configuration's surface: reading, strictness, ranges,
/// output, origins, differences and the rules of resuming all go over them.
struct SettingField<Root>: Sendable {
  /// The dotted key below the root.
  let key: String
  /// What a user must write.
  let expectation: String
  /// The values that can be written, if they can be listed.
  let spellings: [String]
  /// Whether a file or preset must give the value.
  let isRequired: Bool
  /// Whether a run may go on from a checkpoint written under another value.
  let mayChangeOnResume: Bool
  /// Stores the node's value, or returns false where it has the wrong type.
  let store: @Sendable (Node, inout Root) -> Bool
  let isInRange: @Sendable (Root) -> Bool
  let isExcessive: @Sendable (Root) -> Bool
  let yaml: @Sendable (Root) -> String
}

extension SettingField {
  init<Value: SettingValue>(
    _ key: some CodingKey, _ path: any (WritableKeyPath<Root, Value> & Sendable),
    _ range: SettingRange<Value> = .any, isRequired: Bool = false, mayChangeOnResume: Bool = false
  ) {
    self.key = key.stringValue
    expectation = range.phrase.isEmpty ? Value.expectation : Value.expectation + " " + range.phrase
    spellings = Value.spellings
    self.isRequired = isRequired
    self.mayChangeOnResume = mayChangeOnResume
    store = { node, root in
      guard let value = Value(node: node) else { return false }
      root[keyPath: path] = value
      return true
    }
    isInRange = { range.contains($0[keyPath: path]) }
    isExcessive = { $0[keyPath: path].isExcessive }
    yaml = { $0[keyPath: path].yaml }
  }

  /// The same field seen from the struct that contains the section.
  func lifted<Outer>(
    into section: some CodingKey, _ path: any (WritableKeyPath<Outer, Root> & Sendable)
  ) -> SettingField<Outer> {
    SettingField<Outer>(
      key: section.stringValue + "." + key, expectation: expectation, spellings: spellings,
      isRequired: isRequired, mayChangeOnResume: mayChangeOnResume,
      store: { store($0, &$1[keyPath: path]) },
      isInRange: { isInRange($0[keyPath: path]) },
      isExcessive: { isExcessive($0[keyPath: path]) },
      yaml: { yaml($0[keyPath: path]) })
  }
}

/// A struct of settings that describes its own keys.
protocol SettingsSection: Sendable {
  static var fields: [SettingField<Self>] { get }
}
