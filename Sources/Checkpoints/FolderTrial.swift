public import Foundation
public import MPI

/// A small commit as checkpoints make it, to find out whether a folder takes checkpoints.
public enum FolderTrial {
  /// Has each rank write a file, renames their folder, and looks whether all see the new name.
  ///
  /// Every rank must call this. Nothing stays.
  ///
  /// - Parameters:
  ///   - folder: A folder that all ranks share, such as the run folder.
  ///   - communicator: The ranks that will use it.
  /// - Throws: ``CheckpointError/failedOnRanks(_:size:first:)`` on all ranks, `MPIError`.
  public static func run(in folder: URL, over communicator: Communicator) throws {
    let name = try communicator.fromRankZero { () throws(CheckpointError) -> String in
      let name = "trial-\(UUID().uuidString)"
      try Folder.create(folder.appending(path: name + ".partial"))
      return name
    }
    let (draft, final) = (folder.appending(path: name + ".partial"), folder.appending(path: name))
    defer {
      if communicator.rank == 0 {
        try? Folder.remove(draft)
        try? Folder.remove(final)
      }
    }
    let file = "rank-\(communicator.rank)"
    try communicator.agree { () throws(CheckpointError) in
      try AtomicFile.write("written by \(file)\n", to: draft.appending(path: file))
    }
    try communicator.agree { () throws(CheckpointError) in
      guard communicator.rank == 0 else { return }
      try Folder.rename(draft, to: final)
      try Folder.synchronize(folder)
    }
    try communicator.agree { () throws(CheckpointError) in
      _ = try FileReader(opening: final.appending(path: file))
    }
  }
}
