import Foundation

/// The description of one tensor in a safetensors file.
public struct SafetensorsEntry: Sendable, Equatable {
  /// The type of the stored numbers.
  public let elementType: ElementType

  /// The extent of each axis, slowest first; empty for a scalar.
  public let shape: [Int]

  /// Where the numbers lie, in bytes from the start of the data part.
  let bytes: Range<Int>

  /// The number of elements, the product of the shape.
  public var elementCount: Int { bytes.count / elementType.byteCount }
}

/// The JSON header of a safetensors file: an 8-byte length, then names, types, shapes, ranges.
///
/// The format asks that the tensors fill the data part without holes or overlaps.
struct SafetensorsHeader {
  /// Headers beyond this size are refused, as other readers do.
  static let byteLimit = 100_000_000

  var metadata: [String: String]
  var entries: [String: SafetensorsEntry]
  var dataStart: Int

  init(from file: FileReader) throws(CheckpointError) {
    let available = file.byteCount - 8
    guard available >= 0 else {
      throw .damaged(
        path: file.path, found: "\(file.byteCount) bytes",
        expected: "a safetensors file of at least 8 bytes")
    }
    let prefix = try file.bytes(at: 0, count: 8)
    let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(min(available, Self.byteLimit)) else {
      throw .damaged(
        path: file.path, found: "a header length of \(length)",
        expected: "at most \(min(available, Self.byteLimit)) bytes of header")
    }
    dataStart = 8 + Int(length)
    let text = try file.bytes(at: 8, count: Int(length))
    let records: Records
    do {
      records = try JSONDecoder().decode(Records.self, from: Data(text))
    } catch {
      throw .damaged(
        path: file.path, found: "a header that cannot be decoded (\(Self.reason(error)))",
        expected: "a JSON object with dtype, shape and data_offsets for each tensor")
    }
    metadata = records.metadata
    entries = [:]
    for (name, record) in records.tensors {
      entries[name] = try record.entry(named: name, path: file.path)
    }
    try checkCoverage(of: file.byteCount - dataStart, path: file.path)
  }

  private func checkCoverage(of dataBytes: Int, path: String) throws(CheckpointError) {
    var end = 0
    let ordered = entries.sorted {
      ($0.value.bytes.lowerBound, $0.value.bytes.upperBound, $0.key)
        < ($1.value.bytes.lowerBound, $1.value.bytes.upperBound, $1.key)
    }
    for (name, entry) in ordered {
      guard entry.bytes.lowerBound == end else {
        throw .damaged(
          path: path, found: "tensor \(name) at byte \(entry.bytes.lowerBound) of the data",
          expected: "byte \(end), without hole or overlap")
      }
      end = entry.bytes.upperBound
    }
    guard end == dataBytes else {
      throw .damaged(
        path: path, found: "\(dataBytes) bytes of data", expected: "\(end) bytes of data")
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .dataCorrupted(let context), .keyNotFound(_, let context),
      .typeMismatch(_, let context), .valueNotFound(_, let context):
      let place = context.codingPath.map(\.stringValue).joined(separator: ".")
      return place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)"
    default:
      return error.localizedDescription
    }
  }
}

/// The header as JSON has it: one object that mixes tensors with the `__metadata__` texts.
private struct Records: Decodable {
  var metadata: [String: String] = [:]
  var tensors: [String: Record] = [:]

  struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    for key in container.allKeys {
      if key.stringValue == "__metadata__" {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        tensors[key.stringValue] = try container.decode(Record.self, forKey: key)
      }
    }
  }
}

private struct Record: Decodable {
  var dtype: String
  var shape: [Int]
  var offsets: [Int]

  enum CodingKeys: String, CodingKey {
    case dtype
    case shape
    case offsets = "data_offsets"
  }

  func entry(named name: String, path: String) throws(CheckpointError) -> SafetensorsEntry {
    guard let elementType = ElementType(rawValue: dtype) else {
      let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw .mismatched(
        path: path, subject: "dtype of tensor \(name)", found: dtype, expected: "one of \(known)")
    }
    guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1] else {
      throw .damaged(
        path: path, found: "data_offsets \(offsets) of tensor \(name)",
        expected: "a start and an end not before it")
    }
    var expected = elementType.byteCount
    for extent in shape {
      let (product, overflow) = expected.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else {
        throw .damaged(
          path: path, found: "shape \(shape) of tensor \(name)",
          expected: "extents whose product fits the file")
      }
      expected = product
    }
    guard offsets[1] - offsets[0] == expected else {
      throw .damaged(
        path: path, found: "\(offsets[1] - offsets[0]) bytes for tensor \(name)",
        expected: "\(expected) bytes for \(dtype) \(shape)")
    }
    return SafetensorsEntry(
      elementType: elementType, shape: shape, bytes: offsets[0]..<offsets[1])
  }
}
