import Yams

/// A parsed YAML text: a mapping, and where it comes from.
struct SettingsDocument {
  let origin: SettingOrigin
  let root: Node.Mapping

  /// Parses the text; an empty text is an empty mapping.
  init(yaml: String, origin: SettingOrigin) throws(ConfigurationError) {
    self.origin = origin
    try Self.requireReadable(yaml, origin: origin)
    let node: Node?
    do {
      node = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw Self.translated(error, origin: origin)
    } catch {
      throw ConfigurationError(
        .malformedText, source: origin.source, found: "\(error)", expected: "YAML")
    }
    switch node {
    case nil: root = Node.Mapping([])
    case .mapping(let mapping)?: root = mapping
    case let other?:
      throw ConfigurationError(
        .malformedText, source: origin.source, line: other.mark?.line, found: other.shown,
        expected: "a mapping from keys to values")
    }
  }

  /// The preset the document starts from, if it names one.
  func basePreset() throws(ConfigurationError) -> Preset? {
    guard let (key, value) = root.first(where: { $0.key.string == "preset" }) else { return nil }
    guard let name = String(node: value) else {
      throw ConfigurationError(
        .wrongType, source: origin.source, line: key.mark?.line, key: "preset", found: value.shown,
        expected: "the name of a preset")
    }
    return try Preset.named(name, source: origin.source, line: key.mark?.line)
  }

  // The parser copies what an alias names, so that a few lines of aliases of aliases could name
  // more than any memory holds.
  private static func requireReadable(
    _ yaml: String, origin: SettingOrigin
  ) throws(ConfigurationError) {
    guard yaml.utf8.count <= largestText else {
      throw ConfigurationError(
        .malformedText, source: origin.source, found: "\(yaml.utf8.count) bytes",
        expected: "at most \(largestText)")
    }
    var aliases = 0
    var last = UInt8(ascii: "\n")
    for byte in yaml.utf8 {
      if last == UInt8(ascii: "*"), byte > UInt8(ascii: " ") { aliases += 1 }
      last = byte
    }
    guard aliases <= mostAliases else {
      throw ConfigurationError(
        .malformedText, source: origin.source, found: "\(aliases) aliases (*name)",
        expected: "at most \(mostAliases)")
    }
  }

  private static let largestText = 1 << 20
  private static let mostAliases = 24

  private static func translated(_ error: YamlError, origin: SettingOrigin) -> ConfigurationError {
    switch error {
    case .duplicatedKeysInMapping(let keys, let context):
      let key = dottedKey(keys.first ?? "", line: context.mark.line, yaml: context.text)
      return ConfigurationError(
        .duplicateKey, source: origin.source, line: origin.at(line: context.mark.line).line,
        key: key, found: "the key more than once", expected: "it once")
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return ConfigurationError(
        .malformedText, source: origin.source, line: origin.at(line: mark.line).line,
        found: "\"\(problem)\"", expected: "YAML")
    default:
      let line = "\(error)".split(separator: "\n").first.map(String.init) ?? "unreadable text"
      return ConfigurationError(
        .malformedText, source: origin.source, found: line, expected: "YAML in UTF-8")
    }
  }

  // The parser reports a duplicate before there is a tree, with its line only.
  private static func dottedKey(_ key: String, line: Int, yaml: String) -> String {
    let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false).prefix(line)
    guard let duplicate = lines.last, duplicate.first?.isWhitespace == true,
      let header = lines.last(where: { $0.first?.isLetter == true })
    else { return key }
    return header.prefix { $0 != ":" } + "." + key
  }
}
