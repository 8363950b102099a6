/// Images of 8-bit values in memory, given out as fractions of 255 inside a border of zeros, or
/// smaller as the means of squares.
struct ByteImages: Sendable {
  let count: Int
  let channels: Int
  let height: Int
  let width: Int

  /// The zero rows and columns on each side.
  let padding: Int

  /// The side of the squares of pixels whose mean is given out.
  var reduction = 1

  /// The pixels as (image, channel, row, column).
  let bytes: [UInt8]

  var shape: [Int] {
    [channels, height / reduction + 2 * padding, width / reduction + 2 * padding]
  }

  func copy(_ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>) {
    precondition((0..<count).contains(index), "example \(index) of a data set of \(count)")
    precondition(
      out.count == shape.reduce(1, *),
      "an example of shape \(shape) does not fit a buffer of \(out.count) elements")
    if padding > 0 { out.update(repeating: 0) }
    let (rows, columns) = (height / reduction, width / reduction)
    let (outWidth, outHeight) = (columns + 2 * padding, rows + 2 * padding)
    bytes.withUnsafeBufferPointer { bytes in
      for row in 0..<channels * rows {
        let (channel, line) = row.quotientAndRemainder(dividingBy: rows)
        let source =
          bytes.baseAddress! + ((index * channels + channel) * height + line * reduction) * width
        let target =
          out.baseAddress! + (channel * outHeight + line + padding) * outWidth + padding
        for column in 0..<columns {
          let place = flipped ? columns - 1 - column : column
          target[column] = mean(of: source + place * reduction)
        }
      }
    }
  }

  // The mean over a square of pixels as a fraction of 255.
  private func mean(of source: UnsafePointer<UInt8>) -> Float {
    var sum = 0
    for row in 0..<reduction {
      for column in 0..<reduction { sum += Int(source[row * width + column]) }
    }
    return Float(sum) / Float(255 * reduction * reduction)
  }
}
