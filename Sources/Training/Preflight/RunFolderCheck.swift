import Checkpoints
import Foundation
import MPI

/// Whether all ranks share the run folder, can write to it, and see what is renamed there.
struct RunFolderCheck: PreflightCheck {
  let name = "run folder"

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    var finding = PreflightFinding(self)
    guard let folder = context.folder else {
      finding.skip("no --run")
      return finding
    }
    let created = context.world.rank == 0 ? folder.url.missingFolders : []
    do {
      try SharedFolder.require(folder.url, over: context.world)
      try FolderTrial.run(in: folder.url, over: context.world)
      finding.figure = "\(folder.path): shared, writable, renamable"
    } catch let error as CheckpointError {
      // A rank that has another path has another message.
      let message = try context.world.broadcast("\(error)")
      finding.figure = try context.world.broadcast(folder.path)
      finding.fail(message + place(of: error, context), ExitStatus(error))
    }
    // Folders that the check has made go with it; others are not empty.
    for path in created { rmdir(path) }
    return finding
  }

  private func place(of error: CheckpointError, _ context: PreflightContext) -> String {
    switch error {
    case .notShared(_, let ranks, _), .failedOnRanks(let ranks, _, _):
      " (\(context.name(of: ranks)))"
    default: ""
    }
  }
}

extension URL {
  /// The paths of this folder and those above it that do not exist, the innermost first.
  fileprivate var missingFolders: [String] {
    var (paths, url) = ([String](), standardizedFileURL)
    while url.path != "/", !FileManager.default.fileExists(atPath: url.path) {
      paths.append(url.path)
      url.deleteLastPathComponent()
    }
    return paths
  }
}
