import Foundation

/// A checkpoint that is being written and that readers do not see yet.
///
/// `CheckpointStore.begin` makes a draft on all ranks, each rank then writes its shard, on any
/// thread and without MPI, and `commit` makes the whole visible.
public struct CheckpointDraft: Sendable {
  let store: CheckpointStore
  /// How far the run was when the draft was begun.
  public let progress: TrainingProgress
  let table: TensorTable
  let bufferNames: [String]
  let rank: Int
  let size: Int

  /// The part of the flat buffers that this rank writes.
  public let range: Range<Int>

  private var folder: URL { store.partialFolder(ofStep: progress.step) }

  /// Writes this rank's shard to storage; no other rank takes part.
  ///
  /// - Parameter buffers: All flat buffers of the state in the order given at the beginning; each
  ///   must hold at least ``range``.
  /// - Returns: What the manifest says about the shard.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)`` with the system's reason.
  public func writeShard(_ buffers: [StateBuffer]) throws(CheckpointError)
    -> CheckpointManifest.Shard
  {
    precondition(
      buffers.map(\.name) == bufferNames, "buffers \(buffers.map(\.name)), not \(bufferNames)")
    let entries = table.entries(in: range)
    let name = CheckpointManifest.shardName(rank: rank, of: size)
    let writer = try SafetensorsWriter(
      creating: folder.appending(path: name),
      tensors: buffers.flatMap { buffer in
        entries.map { .init(name: $0.key(in: buffer.name), shape: $0.shape) }
      },
      metadata: [
        "step": String(progress.step), "rank": String(rank), "ranks": String(size),
        "elements": "\(range.lowerBound):\(range.upperBound)",
      ],
      // A rank of an earlier session that wakes up just now must not write into the same file.
      mustBeNew: true)
    for buffer in buffers {
      for entry in entries {
        try writer.append(UnsafeBufferPointer(buffer.values(in: entry.flatRange)))
      }
    }
    let (bytes, checksum) = try writer.finish()
    // Each node keeps its own view of a network folder, so each rank flushes it.
    try Folder.synchronize(folder)
    return CheckpointManifest.Shard(
      file: name, bytes: bytes, crc32c: checksum.hexadecimalDigits, start: range.lowerBound,
      end: range.upperBound)
  }

  /// Makes an empty folder for the shards; for rank 0.
  func prepareFolder() throws(CheckpointError) {
    try store.fence?.requireNewest()
    if Folder.exists(folder) { try Folder.remove(folder) }
    try Folder.create(folder)
    try Folder.synchronize(store.folder)
  }

  /// Writes the manifest and makes the checkpoint visible; for rank 0.
  func publish(_ shards: [CheckpointManifest.Shard]) throws(CheckpointError) {
    let manifest = CheckpointManifest(
      progress: progress, buffers: bufferNames, table: table, shards: shards)
    if let problem = manifest.problem {
      throw .mismatched(
        path: folder.path, subject: "ranges of the ranks", found: problem,
        expected: "ranges that cover \(table.elementCount) elements in the order of the ranks")
    }
    try AtomicFile.write(
      try manifest.encoded(), to: folder.appending(path: CheckpointManifest.fileName))
    try store.fence?.requireNewest()
    try store.commit(step: progress.step)
  }

  /// Removes what has been written; for rank 0, after a failure.
  ///
  /// A folder of the same name may be that of the session that has taken over, and then stays.
  func discard(after error: any Error) {
    guard (error as? CheckpointError)?.isSuperseded != true else { return }
    try? Folder.remove(folder)
  }
}
