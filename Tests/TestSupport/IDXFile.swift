/// The content of an IDX file of unsigned bytes.
///
/// - Parameters:
///   - dimensions: The extent of each dimension, slowest first.
///   - bytes: The elements in row-major order.
/// - Returns: Header and elements.
public func idxFile(dimensions: [Int], bytes: [UInt8]) -> [UInt8] {
  let extents = dimensions.flatMap { extent in
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: extent >> $0) }
  }
  return [0, 0, 8, UInt8(dimensions.count)] + extents + bytes
}
