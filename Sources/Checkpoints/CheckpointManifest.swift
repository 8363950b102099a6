import Foundation

/// The table of contents of a checkpoint, written last and as `manifest.json`.
public struct CheckpointManifest: Sendable, Equatable {
  /// The version of the format that this program writes and reads.
  public static let formatVersion = 1

  /// The name of the file in the folder of a checkpoint.
  static let fileName = "manifest.json"

  /// A shard file and the part of the flat buffers it holds.
  public struct Shard: Sendable, Equatable, Codable {
    /// The name of the file in the folder of the checkpoint.
    public let file: String
    /// The size of the file in bytes.
    public let bytes: Int
    /// The CRC-32C of the file as eight hexadecimal digits.
    public let crc32c: String
    /// The first element of the flat buffers in this shard.
    public let start: Int
    /// The element after the last one in this shard.
    public let end: Int
  }

  /// How far the run was, and how it was set up.
  public let progress: TrainingProgress

  /// The names of the flat buffers.
  public let buffers: [String]

  /// The tensors in each of the buffers.
  public let table: TensorTable

  /// The shards in the order of their ranges.
  public let shards: [Shard]

  /// The size of all shards together, in bytes.
  public var shardBytes: Int { shards.reduce(0) { $0 + $1.bytes } }

  /// The name of the file a rank writes.
  static func shardName(rank: Int, of size: Int) -> String {
    func digits(_ number: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
    return "shard-\(digits(rank))-of-\(digits(size)).safetensors"
  }

  /// Says what is wrong with the manifest, `nil` if nothing is.
  var problem: String? {
    if let problem = TensorTable.problem(in: table.slices, elementCount: table.elementCount) {
      return problem
    }
    guard progress.step >= 0, progress.examples >= 0 else {
      return "step \(progress.step), \(progress.examples) examples"
    }
    var end = 0
    var bytes = 0
    for (index, shard) in shards.enumerated() {
      // A name of another form could lead out of the folder.
      guard shard.file == Self.shardName(rank: index, of: shards.count) else {
        return "the shard name \(shard.file)"
      }
      let (sum, overflow) = bytes.addingReportingOverflow(shard.bytes)
      guard shard.bytes >= 0, !overflow else { return "\(shard.file) of \(shard.bytes) bytes" }
      bytes = sum
      guard shard.start == end, shard.end >= end else {
        return "\(shard.file) for elements \(shard.start) to \(shard.end), not from \(end)"
      }
      end = shard.end
    }
    return end == table.elementCount
      ? nil : "shards up to element \(end) of \(table.elementCount)"
  }
}
