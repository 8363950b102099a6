import Execution

/// Floats in one block that starts at a 64-byte boundary, zero at first.
public final class FlatBuffer {
  /// The memory, valid as long as the buffer.
  public let values: UnsafeMutableBufferPointer<Float>

  /// Allocates `count` floats.
  public init(count: Int) {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    let block = UnsafeMutableRawPointer.allocateForTensors(byteCount: bytes)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    values = UnsafeMutableBufferPointer(
      start: block.assumingMemoryBound(to: Float.self), count: count)
  }

  deinit {
    values.baseAddress?.deallocate()
  }

  /// The number of floats.
  public var count: Int { values.count }

  /// The memory of some elements.
  public subscript(range: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(rebasing: values[range])
  }

  /// Takes over the values of a buffer of the same length.
  public func copy(from other: FlatBuffer) {
    precondition(count == other.count, "copy of \(other.count) floats to \(count)")
    _ = values.update(fromContentsOf: other.values)
  }

  /// Sets all elements to zero.
  public func clear() {
    values.update(repeating: 0)
  }
}
