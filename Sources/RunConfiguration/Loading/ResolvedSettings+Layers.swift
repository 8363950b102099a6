import Yams

extension ResolvedSettings {
  /// Puts a document's values over those at hand, its base preset's first.
  mutating func apply(_ document: SettingsDocument, startedFrom presets: [Preset])
    throws(ConfigurationError)
  {
    if let base = try document.basePreset() {
      guard !presets.contains(base), document.origin != .preset(base.name) else {
        throw ConfigurationError(
          .unknownPreset, source: document.origin.source, key: "preset", found: base.name,
          expected: "a preset that does not start from this one")
      }
      let document = try SettingsDocument(yaml: base.yaml, origin: .preset(base.name))
      try apply(document, startedFrom: presets + [base])
    }
    for (keyNode, value) in document.root {
      let origin = document.origin.at(line: keyNode.mark?.line)
      guard let key = keyNode.scalar?.string else {
        throw ConfigurationError(
          .unknownKey, source: origin.source, line: origin.line, found: "\(keyNode.shown) as a key",
          expected: "a name")
      }
      guard key != "preset" else { continue }
      try apply(value, to: key, origin: origin)
    }
  }

  /// Applies one `key=value` of the command line.
  mutating func apply(override: String) throws(ConfigurationError) {
    guard let equals = override.firstIndex(of: "="), equals != override.startIndex else {
      throw ConfigurationError(
        .malformedText, source: "--set", found: override.abbreviated, expected: "KEY=VALUE")
    }
    let key = String(override[..<equals])
    let value = String(override[override.index(after: equals)...])
    let document = try SettingsDocument(yaml: "value: " + value, origin: .override)
    guard document.root.count == 1, let node = document.root["value"] else {
      throw ConfigurationError(
        .malformedText, source: "--set", key: key, found: value.abbreviated,
        expected: "one value in YAML")
    }
    try apply(node, to: key, origin: .override)
  }

  /// Complains about the first required value that nobody gave.
  func requireAll(source: String?) throws(ConfigurationError) {
    for field in RunSettings.fields where field.isRequired && origins[field.key] == nil {
      throw ConfigurationError(
        .missingKey, source: source, key: field.key, found: "nothing",
        expected: field.expectation + ", which has no default")
    }
  }

  private mutating func apply(_ value: Node, to key: String, origin: SettingOrigin)
    throws(ConfigurationError)
  {
    if RunSettings.sections.contains(key) {
      try apply(section: value, named: key, origin: origin)
    } else if let field = RunSettings.fieldsByKey[key] {
      try apply(value, to: field, origin: origin)
    } else {
      throw unknownKey(key, origin: origin)
    }
  }

  private mutating func apply(section: Node, named name: String, origin: SettingOrigin)
    throws(ConfigurationError)
  {
    // A section whose keys are all commented out reads as null.
    guard !section.isNull else { return }
    guard let mapping = section.mapping else {
      let keys = RunSettings.fields.filter { $0.section == name }.map(\.name)
      throw ConfigurationError(
        .wrongType, source: origin.source, line: origin.line, key: name, found: section.shown,
        expected: "a mapping with any of " + keys.joined(separator: ", "))
    }
    for (keyNode, value) in mapping {
      let key = name + "." + (keyNode.scalar?.string ?? keyNode.shown)
      let place = origin.at(line: keyNode.mark?.line)
      guard let field = RunSettings.fieldsByKey[key] else {
        throw unknownKey(key, origin: place)
      }
      try apply(value, to: field, origin: place)
    }
  }

  private mutating func apply(
    _ value: Node, to field: SettingField<RunSettings>, origin: SettingOrigin
  ) throws(ConfigurationError) {
    guard field.store(value, &settings) else {
      throw ConfigurationError(
        .wrongType, source: origin.source, line: origin.line, key: field.key, found: value.shown,
        expected: field.expectation,
        suggestion: value.scalar.flatMap {
          Spelling.nearest(to: $0.string, among: field.spellings)
        })
    }
    origins[field.key] = origin
  }

  private func unknownKey(_ key: String, origin: SettingOrigin) -> ConfigurationError {
    let section = key.firstIndex(of: ".").map { String(key[..<$0]) }
    let isKnownSection = section.map(RunSettings.sections.contains) ?? false
    let neighbours = RunSettings.fields.filter { isKnownSection && $0.section == section }
    let topLevel = RunSettings.fields.filter { $0.section == nil }.map(\.key)
    let names = isKnownSection ? neighbours.map(\.name) : topLevel + RunSettings.sections
    return ConfigurationError(
      .unknownKey, source: origin.source, line: origin.line, key: key.abbreviated,
      found: "an unknown key",
      expected: "one of " + names.joined(separator: ", "),
      suggestion: Spelling.nearestKey(
        to: key, among: RunSettings.fields.map(\.key) + RunSettings.sections))
  }
}
