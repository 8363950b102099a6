extension RunSettings: SettingsSection {
  /// Every key of the configuration, in the order in which it is shown.
  static let fields: [SettingField<RunSettings>] =
    [
      SettingField(CodingKeys.name, \.name, .nonempty, mayChangeOnResume: true),
      SettingField(CodingKeys.seed, \.seed),
    ]
    + section(.dataset, \.dataset) + section(.model, \.model) + section(.sde, \.sde)
    + section(.objective, \.objective) + section(.regularizer, \.regularizer)
    + section(.classifier, \.classifier) + section(.optimizer, \.optimizer) + section(.ema, \.ema)
    + section(.training, \.training)
    + section(.checkpoint, \.checkpoint) + section(.sampling, \.sampling)
    + section(.evaluation, \.evaluation) + section(.communication, \.communication)
    + section(.dataParallel, \.dataParallel) + section(.watchdog, \.watchdog)
    + section(.numerics, \.numerics)

  private static func section<Section: SettingsSection>(
    _ key: CodingKeys, _ path: any (WritableKeyPath<RunSettings, Section> & Sendable)
  ) -> [SettingField<RunSettings>] {
    Section.fields.map { $0.lifted(into: key, path) }
  }

  /// The fields by dotted key.
  static let fieldsByKey = Dictionary(uniqueKeysWithValues: fields.map { ($0.key, $0) })

  /// The names of the sections, in order.
  static let sections: [String] = fields.reduce(into: []) { names, field in
    if let name = field.section, names.last != name {
      names.append(name)
    }
  }
}

extension SettingField {
  /// The name of the section, nil for a key of the top level.
  var section: String? {
    key.firstIndex(of: ".").map { String(key[..<$0]) }
  }

  /// The key within its section.
  var name: String {
    key.firstIndex(of: ".").map { String(key[key.index(after: $0)...]) } ?? key
  }
}
