public import Training

/// Why reference cases cannot be run.
public enum VerificationError: Error, Sendable, Equatable {
  /// A file cannot be read; look at the path.
  case unreadable(path: String, reason: String)

  /// A file holds something else than reference data; use another copy.
  case damaged(path: String, found: String, expected: String)

  /// A case that was asked for does not exist, or is of no kind that can be run; correct the name.
  case unknownCase(name: String, found: String, expected: String)

  /// A setting of a case asks for something that this program does not have.
  case unsupported(caseName: String, key: String, found: String, expected: String)
}

extension VerificationError: CustomStringConvertible {
  /// One line that names the thing, what was found, and what was expected.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "reference file '\(path)' cannot be read: \(reason)"
    case .damaged(let path, let found, let expected):
      "reference file '\(path)' has \(found), expected \(expected)"
    case .unknownCase(let name, let found, let expected):
      "reference case '\(name)' is \(found), expected \(expected)"
    case .unsupported(let name, let key, let found, let expected):
      "reference case '\(name)' has \(key) \(found), expected \(expected)"
    }
  }
}

extension VerificationError: FailureWithStatus {
  /// A wrong name is bad usage, everything else damaged or missing data.
  public var exitStatus: ExitStatus {
    switch self {
    case .unknownCase: .usage
    case .unreadable, .damaged, .unsupported: .data
    }
  }
}
