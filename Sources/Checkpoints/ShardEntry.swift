/// A tensor, or the part of one, that lies in the range of a shard.
struct ShardEntry: Equatable {
  let tensor: TensorSlice

  /// Which elements of the tensor, counted from its own start.
  let elements: Range<Int>

  var isWhole: Bool { elements.count == tensor.elementCount }

  /// The shape under which the entry is stored: the tensor's own, or one axis if it is cut.
  var shape: [Int] { isWhole ? tensor.shape : [elements.count] }

  /// The elements of the flat buffer.
  var flatRange: Range<Int> {
    tensor.offset + elements.lowerBound..<tensor.offset + elements.upperBound
  }

  /// The name in the shard: `buffer/tensor`, with `#start:end` if the tensor is cut.
  func key(in buffer: String) -> String {
    let cut = isWhole ? "" : "#\(elements.lowerBound):\(elements.upperBound)"
    return "\(buffer)/\(tensor.name)\(cut)"
  }
}

extension TensorTable {
  /// The entries that a shard of the given flat range holds, in the order of their offsets.
  ///
  /// Tensors without elements appear in no shard; the manifest's table has them.
  func entries(in range: Range<Int>) -> [ShardEntry] {
    slices.compactMap { slice in
      let common = slice.range.clamped(to: range)
      guard !common.isEmpty else { return nil }
      return ShardEntry(
        tensor: slice,
        elements: common.lowerBound - slice.offset..<common.upperBound - slice.offset)
    }
  }

  /// The part of the flat buffers that a rank writes when nothing else is agreed.
  ///
  /// - Parameters:
  ///   - rank: The number of the part.
  ///   - count: The number of parts, equal in length to within one element.
  /// - Returns: A range of elements; the ranges of all ranks cover the buffers in order.
  public func evenRange(ofRank rank: Int, of count: Int) -> Range<Int> {
    let (quotient, remainder) = elementCount.quotientAndRemainder(dividingBy: count)
    let start = quotient * rank + min(rank, remainder)
    return start..<start + quotient + (rank < remainder ? 1 : 0)
  }
}
