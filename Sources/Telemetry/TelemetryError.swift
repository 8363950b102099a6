/// Why a log or an image cannot be written.
public enum TelemetryError: Error, Equatable {
  /// The system refuses an operation on a file.
  case file(path: String, operation: String, reason: String)

  /// A file that should be continued is no event log of this program.
  case wrongContent(path: String, found: String, expected: String)
}

extension TelemetryError: CustomStringConvertible {
  /// One line that names the file, what was found, and what was expected.
  public var description: String {
    switch self {
    case .file(let path, let operation, let reason):
      "cannot \(operation) '\(path)': \(reason)"
    case .wrongContent(let path, let found, let expected):
      "'\(path)' starts with \(found), expected \(expected)"
    }
  }
}
