import Checkpoints
import Foundation

extension AtomicFile {
  /// Makes sure that a file can be made, so that a mistyped folder does not cost the work before.
  static func requireWritableFolder(of path: String) throws(CheckpointError) {
    let folder = URL(filePath: path).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw .inaccessible(
        path: path, operation: "write", reason: "no writable folder \(folder)")
    }
  }
}
