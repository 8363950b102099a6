import Foundation

extension CheckpointManifest {
  /// The layout of the JSON file.
  private struct Record: Codable {
    var checksum: String
    var formatVersion: Int
    var step: Int
    var examples: Int
    var seed: UInt64
    var counters: [String: Int64]
    var notes: [String: String]
    var buffers: [String]
    var elementCount: Int
    var tensors: [TensorSlice]
    var shards: [Shard]

    enum CodingKeys: String, CodingKey {
      case checksum
      case formatVersion = "format_version"
      case step
      case examples
      case seed
      case counters
      case notes
      case buffers
      case elementCount = "element_count"
      case tensors
      case shards
    }
  }

  /// What the manifests of all versions have.
  private struct Version: Decodable {
    var number: Int

    enum CodingKeys: String, CodingKey {
      case number = "format_version"
    }
  }

  private static let noChecksum = "00000000"

  // A million tensors, or shards of as many ranks, take less.
  private static let byteLimit = 1 << 30

  /// The content of the file: JSON whose `checksum` is the CRC-32C of the text with zeros in the
  /// place of its eight digits.
  func encoded() throws(CheckpointError) -> [UInt8] {
    // Their names alone precede the checksum in the text, see `checksumPlace`.
    precondition(!buffers.contains("checksum"), "a buffer cannot be called checksum")
    let record = Record(
      checksum: Self.noChecksum, formatVersion: Self.formatVersion, step: progress.step,
      examples: progress.examples, seed: progress.seed, counters: progress.counters,
      notes: progress.notes, buffers: buffers, elementCount: table.elementCount,
      tensors: table.slices, shards: shards)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let json = try? encoder.encode(record) else {
      throw .inaccessible(
        path: Self.fileName, operation: "encode", reason: "the state cannot be put into JSON")
    }
    return Self.sealed([UInt8](json) + [UInt8(ascii: "\n")])
  }

  /// A text with its checksum in place; as it is if there is no place for one.
  static func sealed(_ text: [UInt8]) -> [UInt8] {
    guard let place = checksumPlace(in: text) else { return text }
    var sealed = text
    sealed.replaceSubrange(place, with: noChecksum.utf8)
    sealed.replaceSubrange(place, with: CRC32C.checksum(of: sealed).hexadecimalDigits.utf8)
    return sealed
  }

  /// Reads and checks the manifest of a checkpoint.
  init(readFrom url: URL) throws(CheckpointError) {
    let file = try FileReader(opening: url, isPart: true)
    guard file.byteCount <= Self.byteLimit else {
      throw .damaged(
        path: url.path, found: "\(file.byteCount) bytes",
        expected: "a manifest of at most \(Self.byteLimit) bytes")
    }
    let text = try file.bytes(at: 0, count: file.byteCount)
    try Self.requireChecksum(of: text, path: url.path)
    let version = try Self.decode(Version.self, from: text, path: url.path).number
    guard version == Self.formatVersion else {
      throw .mismatched(
        path: url.path, subject: "format version", found: "\(version)",
        expected: "\(Self.formatVersion)")
    }
    self.init(try Self.decode(Record.self, from: text, path: url.path))
    if let problem {
      throw .damaged(path: url.path, found: problem, expected: "a table without gaps or overlaps")
    }
  }

  private init(_ record: Record) {
    self.init(
      progress: TrainingProgress(
        step: record.step, examples: record.examples, seed: record.seed,
        counters: record.counters, notes: record.notes),
      buffers: record.buffers,
      table: TensorTable(unchecked: record.tensors, elementCount: record.elementCount),
      shards: record.shards)
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, from text: [UInt8], path: String
  ) throws(CheckpointError) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text))
    } catch {
      throw .damaged(
        path: path, found: "text that cannot be decoded", expected: "a manifest in JSON")
    }
  }

  private static func requireChecksum(of text: [UInt8], path: String) throws(CheckpointError) {
    guard let place = checksumPlace(in: text) else {
      throw .damaged(
        path: path, found: "text without a checksum", expected: "a manifest in JSON")
    }
    var blank = text
    blank.replaceSubrange(place, with: noChecksum.utf8)
    let found = CRC32C.checksum(of: blank).hexadecimalDigits
    let expected = String(decoding: text[place], as: UTF8.self)
    guard found == expected else {
      throw .damaged(path: path, found: "CRC-32C \(found)", expected: "CRC-32C \(expected)")
    }
  }

  // Keys are sorted, and only the names of buffers precede `checksum`: the first one is the key.
  private static func checksumPlace(in text: [UInt8]) -> Range<Int>? {
    guard let key = text.firstRange(of: Array("\"checksum\"".utf8)),
      let quote = text[key.upperBound...].firstIndex(of: UInt8(ascii: "\"")),
      quote + 9 < text.count, text[quote + 9] == UInt8(ascii: "\"")
    else { return nil }
    return quote + 1..<quote + 9
  }
}
