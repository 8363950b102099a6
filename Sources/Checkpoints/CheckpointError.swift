/// A failure to read, write or understand a checkpoint or a weights file.
///
/// The cases are told apart by what the user can do about them.
public indirect enum CheckpointError: Error, Equatable, Sendable, Codable {
  /// The operating system refused an operation on a path: look at rights, space and mounts.
  case inaccessible(path: String, operation: String, reason: String)

  /// A file or folder that must be there is not: look at the path.
  case missing(path: String, expected: String)

  /// The content of a file is not what was written: use another copy.
  case damaged(path: String, found: String, expected: String)

  /// A sound file belongs to another model or run: look at the configuration.
  case mismatched(path: String, subject: String, found: String, expected: String)

  /// Some ranks do not see the folder that rank 0 sees: put it on a shared file system.
  case notShared(path: String, ranks: [Int], size: Int)

  /// Another session has taken over the run, so that this one may not write: let it end.
  case superseded(path: String, found: String, generation: Int)

  /// A collective operation failed on some ranks; `first` is the failure of the lowest of them.
  case failedOnRanks([Int], size: Int, first: CheckpointError)

  /// The failure without the ranks on which it happened.
  public var cause: CheckpointError {
    if case .failedOnRanks(_, _, let first) = self { first.cause } else { self }
  }

  /// Whether another session has taken over the run.
  public var isSuperseded: Bool {
    if case .superseded = cause { true } else { false }
  }

  /// Whether the system refused to write or read, as a full disk does.
  public var isRefusedBySystem: Bool {
    if case .inaccessible = cause { true } else { false }
  }
}

extension CheckpointError: CustomStringConvertible {
  /// One line that names the path, what was found and what was expected.
  public var description: String {
    switch self {
    case .inaccessible(let path, let operation, let reason):
      "cannot \(operation) \(path): \(reason)"
    case .missing(let path, let expected):
      "\(path) does not exist; expected \(expected)"
    case .damaged(let path, let found, let expected):
      "\(path) is damaged: found \(found), expected \(expected)"
    case .mismatched(let path, let subject, let found, let expected):
      "\(path) does not fit: \(subject): found \(found), expected \(expected)"
    case .notShared(let path, let ranks, let size):
      "\(path) is not a shared folder: \(Self.list(ranks)) of \(size) cannot see the files that"
        + " rank 0 writes there; put the run on a file system that all nodes mount"
    case .superseded(let path, let found, let generation):
      "another session has taken over this run: \(path) has \(found), expected generation"
        + " \(generation); this session writes no further checkpoint"
    case .failedOnRanks(_, _, let first) where first.isSuperseded:
      "\(first)"
    case .failedOnRanks(let ranks, let size, let first):
      "\(Self.list(ranks)) of \(size): \(first)"
    }
  }

  private static func list(_ ranks: [Int]) -> String {
    (ranks.count == 1 ? "rank " : "ranks ") + ranks.map(String.init).joined(separator: ", ")
  }
}
