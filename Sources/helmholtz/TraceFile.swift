import Checkpoints
import Foundation
import MPI
import Telemetry
import Training

/// The file that `--trace` names, written by rank 0 for all ranks.
struct TraceFile {
  let path: String

  /// Makes sure that the file can be written, before the work; every rank must call this.
  func requireWritable(over world: Communicator) throws {
    _ = try world.fromRankZero {
      try AtomicFile.requireWritableFolder(of: path)
      return true
    }
  }

  /// Writes what all ranks have recorded; every rank must call this.
  func write(_ recorder: TraceRecorder, over world: Communicator) throws {
    let text = try recorder.gatheredText(over: world)
    _ = try world.fromRankZero {
      try AtomicFile.write(text ?? "", to: URL(filePath: path))
      return true
    }
  }
}
