public import Foundation
public import MPI

/// The test whether all ranks see one and the same folder.
public enum SharedFolder {
  private static let pauseSeconds = 0.05

  /// Fails on all ranks unless each of them can read what rank 0 writes into a folder.
  ///
  /// Every rank must call this. Rank 0 creates the folder if it does not exist and leaves nothing
  /// in it. Small files that sessions left behind which were killed are removed, once a minute old.
  ///
  /// - Parameters:
  ///   - folder: The folder, such as the run folder.
  ///   - communicator: The ranks that will use it.
  ///   - patience: How long a rank looks for the file; a network file system may go on saying for
  ///     some seconds that a new file does not exist.
  /// - Throws: ``CheckpointError/notShared(path:ranks:size:)`` with the ranks that cannot see it,
  ///   ``CheckpointError/failedOnRanks(_:size:first:)`` if rank 0 cannot write it, `MPIError`.
  public static func require(
    _ folder: URL, over communicator: Communicator, patience: Duration = .seconds(5)
  ) throws {
    // The name is new each time: a copy of the folder on another disk cannot have the file.
    let name = try communicator.fromRankZero { () throws(CheckpointError) -> String in
      let name = prefix + UUID().uuidString
      try Folder.create(folder)
      try AtomicFile.write("seen by all ranks\n", to: folder.appending(path: name))
      removeAbandoned(in: folder, before: name)
      return name
    }
    let token = folder.appending(path: name)
    let seen = try communicator.allGather(Int32(isVisible(token, within: patience) ? 1 : 0))
    if communicator.rank == 0 { try? Folder.remove(token) }
    try communicator.barrier()
    let blind = seen.indices.filter { seen[$0] == 0 }
    guard blind.isEmpty else {
      throw CheckpointError.notShared(
        path: folder.path, ranks: blind, size: communicator.size)
    }
  }

  /// Whether a file of this name belongs to the test.
  ///
  /// - Parameter name: The name of a file in the folder.
  /// - Returns: Whether it is the prefix of such files and an identifier.
  public static func isToken(_ name: String) -> Bool {
    name.hasPrefix(prefix) && UUID(uuidString: String(name.dropFirst(prefix.count))) != nil
  }

  private static let prefix = "shared-"

  /// Removes tokens and halves of small files; their age is told by the clock of the file system.
  static func removeAbandoned(in folder: URL, before token: String, age: TimeInterval = 60) {
    func time(_ name: String) -> Date? {
      let path = folder.appending(path: name).path
      return try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
    guard let now = time(token), let names = try? Folder.names(in: folder) else { return }
    for name in names where name != token {
      guard isToken(name) || AtomicFile.isTemporary(name), let written = time(name),
        now.timeIntervalSince(written) >= age
      else { continue }
      try? Folder.remove(folder.appending(path: name))
    }
  }

  private static func isVisible(_ file: URL, within patience: Duration) -> Bool {
    let deadline = ContinuousClock.now + patience
    while true {
      // Opening makes a network file system ask its server, where a look at the names may not.
      if (try? FileReader(opening: file)) != nil { return true }
      guard ContinuousClock.now < deadline else { return false }
      Thread.sleep(forTimeInterval: pauseSeconds)
    }
  }
}
