/// Images of 8-bit values in memory, given out as fractions of 255 inside a border of zeros.
struct ByteImages: Sendable {
  let count: Int
  let channels: Int
  let height: Int
  let width: Int

  /// The zero rows and columns on each side.
  let padding: Int

  /// The pixels as (image, channel, row, column).
  let bytes: [UInt8]

  var shape: [Int] { [channels, height + 2 * padding, width + 2 * padding] }

  func copy(_ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>) {
    precondition((0..<count).contains(index), "example \(index) of a data set of \(count)")
    precondition(
      out.count == shape.reduce(1, *),
      "an example of shape \(shape) does not fit a buffer of \(out.count) elements")
    if padding > 0 { out.update(repeating: 0) }
    let outWidth = width + 2 * padding
    let outHeight = height + 2 * padding
    bytes.withUnsafeBufferPointer { bytes in
      for row in 0..<channels * height {
        let source = bytes.baseAddress! + (index * channels * height + row) * width
        let outRow = row / height * outHeight + row % height + padding
        let target = out.baseAddress! + outRow * outWidth + padding
        if flipped {
          for column in 0..<width { target[column] = Float(source[width - 1 - column]) / 255 }
        } else {
          for column in 0..<width { target[column] = Float(source[column]) / 255 }
        }
      }
    }
  }
}
