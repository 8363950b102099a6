public import Foundation

/// A committed checkpoint on disk.
///
/// Nothing here talks to other ranks: every process reads what it needs from the shared folder.
public struct Checkpoint: Sendable {
  /// The state of a file of a checkpoint.
  public struct FileReport: Sendable, Equatable {
    /// The name of the file in the folder.
    public let file: String
    /// What is wrong with it, `nil` if it is as it was written.
    public let problem: CheckpointError?
  }

  /// The folder.
  public let folder: URL

  /// The table of contents.
  public let manifest: CheckpointManifest

  /// Opens a checkpoint by reading its manifest.
  ///
  /// - Parameter folder: The folder of the checkpoint.
  /// - Throws: ``CheckpointError`` if the manifest is missing, unreadable or damaged.
  public init(opening folder: URL) throws(CheckpointError) {
    self.folder = folder
    manifest = try CheckpointManifest(
      readFrom: folder.appending(path: CheckpointManifest.fileName))
  }

  var manifestFile: URL { folder.appending(path: CheckpointManifest.fileName) }

  /// Compares the size and CRC-32C of each shard with the manifest.
  ///
  /// - Returns: A report for each shard, and for each file that looks like one but is not listed.
  public func verify() -> [FileReport] {
    manifest.shards.indices.map { index in
      FileReport(file: manifest.shards[index].file, problem: problem(inShard: index))
    } + strayShards().map { FileReport(file: $0.file, problem: $0.problem) }
  }

  /// Files that look like shards but that the manifest does not list: those of another checkpoint.
  func strayShards() -> [(file: String, problem: CheckpointError)] {
    let listed = Set(manifest.shards.map(\.file))
    do throws(CheckpointError) {
      return try Folder.names(in: folder).filter {
        $0.hasPrefix("shard-") && $0.hasSuffix(".safetensors") && !listed.contains($0)
      }.map { name in
        let path = folder.appending(path: name).path
        return (
          name, .damaged(path: path, found: "a shard that is not in the manifest", expected: "none")
        )
      }
    } catch {
      return [(folder.lastPathComponent, error)]
    }
  }

  /// Says what is wrong with a shard, `nil` if it is as it was written.
  func problem(inShard index: Int) -> CheckpointError? {
    let shard = manifest.shards[index]
    do throws(CheckpointError) {
      let file = try FileReader(opening: folder.appending(path: shard.file), isPart: true)
      guard file.byteCount == shard.bytes else {
        return .damaged(
          path: file.path, found: "\(file.byteCount) bytes", expected: "\(shard.bytes) bytes")
      }
      let checksum = try file.checksum().hexadecimalDigits
      guard checksum == shard.crc32c else {
        return .damaged(
          path: file.path, found: "CRC-32C \(checksum)", expected: "CRC-32C \(shard.crc32c)")
      }
      return nil
    } catch {
      return error
    }
  }

  /// Fills buffers, or the parts of them that are held, from the shards.
  ///
  /// Tensors are found by name, so the flat order may differ from the one written. Padding is left
  /// as it is. Checksums are not looked at; ``verify()`` does that.
  ///
  /// - Parameters:
  ///   - buffers: Receive the values; each may start anywhere in its flat buffer.
  ///   - table: The tensors of the program, with the names and shapes of the checkpoint's.
  /// - Throws: ``CheckpointError`` if a tensor or buffer differs, naming it, or a shard cannot be
  ///   read.
  public func read(into buffers: [StateBuffer], table: TensorTable) throws(CheckpointError) {
    try table.require(manifest.table, in: folder.path)
    let absent = Set(absentBuffers(of: buffers))
    let buffers = buffers.filter { !absent.contains($0.name) }
    for buffer in buffers { try requireBuffer(buffer.name) }
    for shard in manifest.shards where shard.start < shard.end {
      let pieces = pieces(of: shard, in: table)
      guard buffers.contains(where: { held in pieces.contains { $0.overlaps(held.range) } })
      else { continue }
      let file = try open(shard)
      for piece in pieces {
        for buffer in buffers {
          try piece.copy(from: file, to: buffer)
        }
      }
    }
  }

  /// Reads one tensor of a buffer.
  ///
  /// - Parameters:
  ///   - name: The name of the tensor.
  ///   - buffer: The name of the buffer, such as `ema`.
  /// - Returns: Its numbers in row-major order.
  /// - Throws: ``CheckpointError`` if there is no such tensor or buffer, or a shard cannot be read.
  public func tensor(_ name: String, of buffer: String) throws(CheckpointError) -> [Float] {
    try requireBuffer(buffer)
    guard let slice = manifest.table[name] else {
      throw .mismatched(
        path: folder.path, subject: "tensor \(name)", found: "no such tensor",
        expected: "one of the manifest's table")
    }
    var values: [Float] = []
    for shard in manifest.shards {
      let common = slice.range.clamped(to: shard.start..<shard.end)
      guard !common.isEmpty else { continue }
      let entry = ShardEntry(
        tensor: slice,
        elements: common.lowerBound - slice.offset..<common.upperBound - slice.offset)
      let file = try open(shard)
      values += try file.floats(entry.key(in: buffer))
    }
    return values
  }

  /// The names of the optional ones of some buffers that the checkpoint lacks.
  func absentBuffers(of buffers: [StateBuffer]) -> [String] {
    buffers.filter { $0.isOptional && !manifest.buffers.contains($0.name) }.map(\.name)
  }

  private func open(_ shard: CheckpointManifest.Shard) throws(CheckpointError) -> SafetensorsFile {
    try SafetensorsFile(
      FileReader(opening: folder.appending(path: shard.file), isPart: true))
  }

  func requireBuffer(_ name: String) throws(CheckpointError) {
    guard manifest.buffers.contains(name) else {
      throw .mismatched(
        path: folder.path, subject: "buffer \(name)",
        found: "only \(manifest.buffers.joined(separator: ", "))", expected: "one of that name")
    }
  }

  private func pieces(of shard: CheckpointManifest.Shard, in table: TensorTable) -> [Piece] {
    manifest.table.entries(in: shard.start..<shard.end).compactMap { entry in
      table[entry.tensor.name].map { Piece(entry: entry, target: $0) }
    }
  }
}

/// An entry of a shard and the tensor of the program that it belongs to.
private struct Piece {
  let entry: ShardEntry
  let target: TensorSlice

  /// The place of the entry in the flat buffers of the program.
  var range: Range<Int> {
    target.offset + entry.elements.lowerBound..<target.offset + entry.elements.upperBound
  }

  func overlaps(_ held: Range<Int>) -> Bool { range.overlaps(held) }

  func copy(from file: SafetensorsFile, to buffer: StateBuffer) throws(CheckpointError) {
    let common = range.clamped(to: buffer.range)
    guard !common.isEmpty else { return }
    try file.read(
      into: buffer.values(in: common), from: entry.key(in: buffer.name),
      startingAt: common.lowerBound - range.lowerBound)
  }
}
