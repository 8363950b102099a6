public import Foundation

/// A safetensors file open for reading, one tensor or part of a tensor at a time.
///
/// Opening reads and validates the header only. Reading is safe from several threads.
public final class SafetensorsFile: Sendable {
  /// The texts under `__metadata__`.
  public let metadata: [String: String]

  /// The type and shape of each tensor by name.
  public let entries: [String: SafetensorsEntry]

  private let file: FileReader
  private let dataStart: Int

  /// The path of the file.
  public var path: String { file.path }

  /// The names of the tensors in order.
  public var names: [String] { entries.keys.sorted() }

  /// Opens a file and validates its header against its size.
  ///
  /// - Parameter url: The file to open.
  /// - Throws: ``CheckpointError`` if the file is missing, unreadable, has a malformed header,
  ///   an unknown type, or tensors that overlap or do not fill the file.
  public convenience init(opening url: URL) throws(CheckpointError) {
    try self.init(FileReader(opening: url))
  }

  init(_ file: FileReader) throws(CheckpointError) {
    self.file = file
    let header = try SafetensorsHeader(from: file)
    metadata = header.metadata
    entries = header.entries
    dataStart = header.dataStart
  }

  /// The description of a tensor that must be in the file.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Returns: Its type and shape.
  /// - Throws: ``CheckpointError/mismatched(path:subject:found:expected:)`` if there is none.
  public func entry(_ name: String) throws(CheckpointError) -> SafetensorsEntry {
    guard let entry = entries[name] else {
      throw .mismatched(
        path: path, subject: "tensor \(name)", found: "no such tensor among \(entries.count)",
        expected: "one of that name")
    }
    return entry
  }

  /// The numbers of a tensor in row-major order, converted to single precision.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Returns: All elements.
  /// - Throws: ``CheckpointError`` if there is no such tensor or the file cannot be read.
  public func floats(_ name: String) throws(CheckpointError) -> [Float] {
    try values(name, in: nil)
  }

  /// Some of the numbers of a tensor, converted to single precision.
  ///
  /// - Parameters:
  ///   - name: The name of the tensor.
  ///   - elements: Which elements, in row-major order.
  /// - Returns: The elements of the range.
  /// - Throws: ``CheckpointError`` if there is no such tensor, the range exceeds it, or the file
  ///   cannot be read.
  public func floats(_ name: String, in elements: Range<Int>) throws(CheckpointError) -> [Float] {
    try values(name, in: elements)
  }

  /// The numbers of a tensor in row-major order, converted to double precision.
  ///
  /// - Parameter name: The name of the tensor.
  /// - Returns: All elements.
  /// - Throws: ``CheckpointError`` if there is no such tensor or the file cannot be read.
  public func doubles(_ name: String) throws(CheckpointError) -> [Double] {
    try values(name, in: nil)
  }

  /// Fills a buffer with elements of a tensor, converted to single precision.
  ///
  /// - Parameters:
  ///   - destination: Receives as many elements as it has places.
  ///   - name: The name of the tensor.
  ///   - start: The first element wanted, in row-major order.
  /// - Throws: ``CheckpointError`` if there is no such tensor, the range exceeds it, or the file
  ///   cannot be read.
  public func read(
    into destination: UnsafeMutableBufferPointer<Float>, from name: String, startingAt start: Int
  ) throws(CheckpointError) {
    let entry = try entry(name)
    let elements = start..<start + destination.count
    let position = try position(of: elements, in: entry, named: name)
    if entry.elementType == .float32 {
      try file.read(into: UnsafeMutableRawBufferPointer(destination), at: position)
    } else {
      try convert(entry, at: position, into: destination)
    }
  }

  private func values<Value: BinaryFloatingPoint>(
    _ name: String, in range: Range<Int>?
  ) throws(CheckpointError) -> [Value] {
    let entry = try entry(name)
    let elements = range ?? 0..<entry.elementCount
    let position = try position(of: elements, in: entry, named: name)
    var values = [Value](repeating: 0, count: elements.count)
    try values.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
      try convert(entry, at: position, into: buffer)
    }
    return values
  }

  private func convert<Value: BinaryFloatingPoint>(
    _ entry: SafetensorsEntry, at position: Int, into buffer: UnsafeMutableBufferPointer<Value>
  ) throws(CheckpointError) {
    let stored = try file.bytes(at: position, count: buffer.count * entry.elementType.byteCount)
    stored.withUnsafeBytes { entry.elementType.convert($0, into: buffer) }
  }

  private func position(
    of elements: Range<Int>, in entry: SafetensorsEntry, named name: String
  ) throws(CheckpointError) -> Int {
    guard elements.lowerBound >= 0, elements.upperBound <= entry.elementCount else {
      throw .mismatched(
        path: path, subject: "tensor \(name)", found: "\(entry.elementCount) elements",
        expected: "elements \(elements.lowerBound) to \(elements.upperBound)")
    }
    return dataStart + entry.bytes.lowerBound
      + elements.lowerBound * entry.elementType.byteCount
  }
}
