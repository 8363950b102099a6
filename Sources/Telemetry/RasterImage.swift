/// An image of 8-bit pixels in memory.
public struct RasterImage: Sendable, Equatable {
  /// The number of columns.
  public let width: Int

  /// The number of rows, from the top.
  public let height: Int

  /// The values of a pixel: 1 (grey) or 3 (red, green, blue).
  public let channels: Int

  /// The values as (row, column, channel).
  public internal(set) var pixels: [UInt8]

  /// Makes an image of one value.
  public init(width: Int, height: Int, channels: Int, value: UInt8) {
    precondition(width > 0 && height > 0, "an image of \(width)x\(height) pixels")
    precondition(channels == 1 || channels == 3, "an image of \(channels) channels, not 1 or 3")
    self.width = width
    self.height = height
    self.channels = channels
    pixels = [UInt8](repeating: value, count: width * height * channels)
  }

  /// The value of one channel of a pixel.
  public subscript(row: Int, column: Int, channel: Int = 0) -> UInt8 {
    get { pixels[(row * width + column) * channels + channel] }
    set { pixels[(row * width + column) * channels + channel] = newValue }
  }
}
