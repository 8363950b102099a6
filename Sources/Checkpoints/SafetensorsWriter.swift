public import Foundation

/// Writes a safetensors file from front to back without holding its tensors.
///
/// The tensors are declared first, because the header precedes the data, and then appended in the
/// order of their declaration. The data part starts at a multiple of 64 bytes.
public final class SafetensorsWriter {
  /// A tensor that will be written.
  public struct Declaration: Sendable, Equatable {
    /// The name, unique in the file.
    public var name: String
    /// The type of the numbers.
    public var elementType: ElementType
    /// The extent of each axis, slowest first.
    public var shape: [Int]

    /// Declares a tensor.
    ///
    /// - Parameters:
    ///   - name: The name, unique in the file.
    ///   - elementType: The type of the numbers.
    ///   - shape: The extent of each axis, slowest first.
    public init(name: String, elementType: ElementType = .float32, shape: [Int]) {
      self.name = name
      self.elementType = elementType
      self.shape = shape
    }

    var byteCount: Int { shape.reduce(elementType.byteCount, *) }
  }

  private let file: FileWriter
  private let expectedBytes: Int

  /// Creates or replaces a file and writes its header.
  ///
  /// - Parameters:
  ///   - url: The file to write. For a file that must not be seen half written, give a temporary
  ///     name and rename it.
  ///   - tensors: All tensors in the order in which they will be appended.
  ///   - metadata: Texts for the `__metadata__` object.
  ///   - mustBeNew: Whether an existing file is an error.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)``.
  /// - Precondition: The names are unique and none is `__metadata__`.
  public init(
    creating url: URL, tensors: [Declaration], metadata: [String: String] = [:],
    mustBeNew: Bool = false
  ) throws(CheckpointError) {
    file = try FileWriter(creating: url, mustBeNew: mustBeNew)
    let header = Self.header(tensors, metadata: metadata)
    try file.append(header)
    expectedBytes = header.count + tensors.reduce(0) { $0 + $1.byteCount }
  }

  /// Appends the next numbers, which may be a part of a tensor.
  ///
  /// - Parameter values: Numbers of single precision.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)``.
  public func append(_ values: UnsafeBufferPointer<Float>) throws(CheckpointError) {
    try append(UnsafeRawBufferPointer(values))
  }

  /// Appends the next numbers, which may be a part of a tensor.
  ///
  /// - Parameter values: Numbers of single precision.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)``.
  public func append(_ values: [Float]) throws(CheckpointError) {
    try values.withUnsafeBufferPointer { (buffer) throws(CheckpointError) in try append(buffer) }
  }

  /// Appends the next stored bytes, little-endian numbers of the declared type.
  ///
  /// - Parameter bytes: The bytes.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)``.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    try file.append(bytes)
  }

  /// Waits until the storage holds the file and closes it.
  ///
  /// - Returns: The size of the whole file and its checksum.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)``.
  /// - Precondition: All declared tensors have been appended.
  @discardableResult
  public func finish() throws(CheckpointError) -> (byteCount: Int, checksum: UInt32) {
    precondition(
      file.byteCount == expectedBytes,
      "\(file.path): \(file.byteCount) bytes appended, \(expectedBytes) declared")
    try file.finish()
    return (file.byteCount, file.checksum.value)
  }

  private static func header(
    _ tensors: [Declaration], metadata: [String: String]
  ) -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }
        .map { "\(quoted($0.key)):\(quoted($0.value))" }
      fields.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var names: Set<String> = ["__metadata__"]
    var start = 0
    for tensor in tensors {
      precondition(names.insert(tensor.name).inserted, "tensor \(tensor.name) declared twice")
      let end = start + tensor.byteCount
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      fields.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.elementType.rawValue)\","
          + "\"shape\":[\(shape)],\"data_offsets\":[\(start),\(end)]}")
      start = end
    }
    var text = Array("{\(fields.joined(separator: ","))}".utf8)
    let padded = (8 + text.count + 63) / 64 * 64 - 8
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padded - text.count))
    return (0..<8).map { UInt8(truncatingIfNeeded: padded >> (8 * $0)) } + text
  }

  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    // The writers of other programs leave the slashes in names as they are.
    encoder.outputFormatting = .withoutEscapingSlashes
    guard let json = try? encoder.encode(text) else {
      preconditionFailure("\(text) cannot be put into JSON, which has a form for all text")
    }
    return String(decoding: json, as: UTF8.self)
  }
}
