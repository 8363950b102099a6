import Foundation

/// Settings of a run together with the origin of each value.
///
/// Values come, later ones winning, from the program's defaults, a preset, a YAML file and overrides
/// of the command line. A file may start from a preset with the key `preset`.
public struct ResolvedSettings: Sendable, Equatable {
  /// The values, checked.
  public internal(set) var settings = RunSettings()
  /// The origins of the values that are not defaults, by dotted key.
  var origins: [String: SettingOrigin] = [:]

  /// Resolves the argument of a command.
  ///
  /// A preset's name stands for the preset even where a file has the same name; write `./NAME` for
  /// the file.
  ///
  /// - Parameters:
  ///   - argument: A preset's name or the path of a YAML file.
  ///   - overrides: Texts `key=value` with a dotted key and a value in YAML.
  /// - Throws: A `ConfigurationError` for the first thing that is wrong.
  public init(_ argument: String, overrides: [String] = []) throws(ConfigurationError) {
    if let preset = Preset(rawValue: argument) {
      try self.init(yaml: preset.yaml, origin: .preset(argument), overrides: overrides)
    } else {
      let yaml = try Self.text(ofFile: argument)
      try self.init(yaml: yaml, origin: .file(argument, line: nil), overrides: overrides)
    }
  }

  /// Resolves a text that is in memory already.
  ///
  /// - Parameters:
  ///   - yaml: The text of a configuration file.
  ///   - source: What messages call the text, for example its path.
  ///   - overrides: Texts `key=value` with a dotted key and a value in YAML.
  /// - Throws: A `ConfigurationError` for the first thing that is wrong.
  public init(yaml: String, source: String, overrides: [String] = []) throws(ConfigurationError) {
    try self.init(yaml: yaml, origin: .file(source, line: nil), overrides: overrides)
  }

  private init(yaml: String, origin: SettingOrigin, overrides: [String])
    throws(ConfigurationError)
  {
    try apply(SettingsDocument(yaml: yaml, origin: origin), startedFrom: [])
    for override in overrides {
      try apply(override: override)
    }
    try requireAll(source: origin.source)
    do {
      try settings.validate()
    } catch {
      let origin = error.key.map(self.origin(of:))
      throw error.located(in: origin?.source, line: origin?.line)
    }
  }

  /// Where the value of a dotted key comes from.
  public func origin(of key: String) -> SettingOrigin {
    origins[key] ?? .defaultValue
  }

  private static func text(ofFile path: String) throws(ConfigurationError) -> String {
    let looksLikeAPath = path.contains("/") || path.hasSuffix(".yaml") || path.hasSuffix(".yml")
    guard looksLikeAPath || FileManager.default.fileExists(atPath: path) else {
      throw unknownArgument(path)
    }
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      let exists = FileManager.default.fileExists(atPath: path)
      throw ConfigurationError(
        .unreadableFile, source: path,
        found: exists ? "a file that cannot be read as UTF-8 text" : "no such file",
        expected: "a configuration in YAML")
    }
  }

  private static func unknownArgument(_ argument: String) -> ConfigurationError {
    do {
      _ = try Preset.named(argument)
    } catch {
      var error = error
      error.expected += " or the path of a YAML file"
      return error
    }
    preconditionFailure("\(argument) names a preset")
  }
}
