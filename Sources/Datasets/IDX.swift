/// An array of unsigned bytes in the IDX format of the MNIST family.
///
/// A file starts with two zero bytes, the code of the element type and the number of dimensions;
/// then come the dimensions as big-endian 32-bit numbers and the elements in row-major order.
/// Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
public struct IDX: Sendable, Equatable {
  /// The extent of each dimension, slowest first.
  public let dimensions: [Int]

  /// The elements in row-major order.
  public let bytes: [UInt8]

  /// Reads a file, plain or compressed by gzip.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - advice: What to do if the file does not exist, for the message.
  /// - Throws: `DatasetError` if the file is missing, damaged, of another format or truncated.
  public init(
    contentsOf path: String, advice: String = "check the folder of the data set"
  ) throws(DatasetError) {
    let source = try ByteSource(path: path, advice: advice)
    let dimensions = try Self.readHeader(source)
    var size = 1
    for extent in dimensions {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else {
        throw .wrongContent(
          path: path, found: "dimensions \(dimensions)", expected: "an array that fits in memory")
      }
      size = product
    }
    let headerSize = 4 + 4 * dimensions.count
    guard size <= Int.max - headerSize else {
      throw .wrongContent(
        path: path, found: "dimensions \(dimensions)", expected: "an array that fits in memory")
    }
    let bytes = try source.read(atMost: size)
    guard bytes.count == size else {
      throw .truncated(
        path: path, expectedBytes: headerSize + size, foundBytes: headerSize + bytes.count)
    }
    guard try source.isAtEnd() else {
      throw .wrongContent(
        path: path, found: "bytes after its array",
        expected: "\(headerSize + size) bytes for dimensions \(dimensions)")
    }
    self.dimensions = dimensions
    self.bytes = bytes
  }

  private static func readHeader(_ source: borrowing ByteSource) throws(DatasetError) -> [Int] {
    let magic = try source.read(atMost: 4)
    guard magic.count == 4, magic[0] == 0, magic[1] == 0, let type = elementTypes[magic[2]],
      magic[3] > 0
    else {
      throw .wrongContent(
        path: source.path, found: "the first bytes \(magic)",
        expected: "an IDX file of unsigned bytes, which starts with 0, 0, 8")
    }
    guard magic[2] == 8 else {
      throw .wrongContent(
        path: source.path, found: "elements of type \(type)", expected: "unsigned bytes")
    }
    let extents = try source.read(atMost: 4 * Int(magic[3]))
    guard extents.count == 4 * Int(magic[3]) else {
      throw .truncated(
        path: source.path, expectedBytes: 4 + 4 * Int(magic[3]), foundBytes: 4 + extents.count)
    }
    return (0..<Int(magic[3])).map { dimension in
      extents[4 * dimension..<4 * dimension + 4].reduce(0) { $0 << 8 | Int($1) }
    }
  }

  private static let elementTypes: [UInt8: String] = [
    0x08: "unsigned byte", 0x09: "signed byte", 0x0b: "16-bit integer", 0x0c: "32-bit integer",
    0x0d: "32-bit float", 0x0e: "64-bit float",
  ]
}
