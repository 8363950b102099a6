/// Where a setting's value comes from.
public enum SettingOrigin: Sendable, Equatable, CustomStringConvertible {
  /// The program's own default.
  case defaultValue
  /// The preset of this name.
  case preset(String)
  /// A file, by path, and the line of the key.
  case file(String, line: Int?)
  /// A `--set key=value` of the command line.
  case override

  /// The origin as `config show` prints it.
  public var description: String {
    switch self {
    case .defaultValue: "default"
    case .preset(let name): "preset \(name)"
    case .file(let path, let line): "file " + path + (line.map { ":\($0)" } ?? "")
    case .override: "--set"
    }
  }

  /// What an error names as the place, nil for a default.
  var source: String? {
    switch self {
    case .defaultValue: nil
    case .preset, .override: description
    case .file(let path, _): path
    }
  }

  /// The line of the key, nil where there is none.
  var line: Int? {
    guard case .file(_, let line) = self else { return nil }
    return line
  }

  /// The same origin at another line.
  func at(line: Int?) -> SettingOrigin {
    guard case .file(let path, _) = self else { return self }
    return .file(path, line: line)
  }

  /// Whether the user wrote the value, rather than a default or a preset.
  var isUserWritten: Bool {
    switch self {
    case .defaultValue, .preset: false
    case .file, .override: true
    }
  }
}
