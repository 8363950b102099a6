/// A flat buffer of a training state, or a contiguous part of one, that the caller owns.
///
/// The usual names are `parameters`, `ema`, `adam.first` and `adam.second`. The memory must stay
/// valid and, while a checkpoint is written, unchanged; under that rule it may be handed to another
/// thread.
public struct StateBuffer: @unchecked Sendable {
  /// The name, unique in a state; it becomes the prefix of the tensor names in shards.
  public let name: String

  /// The memory.
  public let values: UnsafeMutableBufferPointer<Float>

  /// The index, in the whole flat buffer, of the first element held here.
  public let start: Int

  /// Whether a checkpoint without the buffer is read all the same, and the memory left as it is.
  public let isOptional: Bool

  /// Describes memory that the caller keeps alive.
  ///
  /// - Parameters:
  ///   - name: The name, unique in a state.
  ///   - values: The memory.
  ///   - start: The index of its first element in the whole flat buffer.
  ///   - isOptional: Whether a checkpoint may lack the buffer.
  public init(
    name: String, values: UnsafeMutableBufferPointer<Float>, start: Int = 0,
    isOptional: Bool = false
  ) {
    self.name = name
    self.values = values
    self.start = start
    self.isOptional = isOptional
  }

  /// The elements of the whole flat buffer that are held here.
  public var range: Range<Int> { start..<start + values.count }

  /// The memory of a part, given in elements of the whole flat buffer.
  func values(in part: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    precondition(
      range.lowerBound <= part.lowerBound && part.upperBound <= range.upperBound,
      "buffer \(name) holds elements \(range), not \(part)")
    return UnsafeMutableBufferPointer(
      rebasing: values[part.lowerBound - start..<part.upperBound - start])
  }
}
