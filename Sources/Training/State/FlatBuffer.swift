import Execution

/// Floats in one block that starts at a 64-byte boundary, zero at first.
///
/// A buffer may hold a part of a longer one; its elements have the numbers that they have there.
public final class FlatBuffer {
  /// The memory, valid as long as the buffer.
  public let values: UnsafeMutableBufferPointer<Float>
  /// The number of the first element.
  public let start: Int

  /// Allocates `count` floats.
  public convenience init(count: Int) {
    self.init(range: 0..<count)
  }

  /// Allocates a part of a longer buffer.
  ///
  /// - Parameter range: The elements of the longer buffer that are held.
  public init(range: Range<Int>) {
    let bytes = max(range.count, 1) * MemoryLayout<Float>.stride
    let block = UnsafeMutableRawPointer.allocateForTensors(byteCount: bytes)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    values = UnsafeMutableBufferPointer(
      start: block.assumingMemoryBound(to: Float.self), count: range.count)
    start = range.lowerBound
  }

  deinit {
    values.baseAddress?.deallocate()
  }

  /// The number of floats.
  public var count: Int { values.count }

  /// The elements that are held.
  public var range: Range<Int> { start..<start + count }

  /// The memory of some elements.
  public subscript(part: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    precondition(
      range.lowerBound <= part.lowerBound && part.upperBound <= range.upperBound,
      "elements \(part) of a buffer of \(range)")
    return UnsafeMutableBufferPointer(
      rebasing: values[part.lowerBound - start..<part.upperBound - start])
  }

  /// Takes over the values of the same elements of another buffer, which holds them all.
  public func copy(from other: FlatBuffer) {
    _ = values.update(fromContentsOf: other[range])
  }

  /// Sets all elements to zero.
  public func clear() {
    values.update(repeating: 0)
  }
}
