import Glibc

/// Points of the plane as a grey image: the more points, the darker.
public struct ScatterPlot: Sendable {
  /// The plot shows both coordinates from minus this to plus this.
  public var range: Double

  /// The width and height in pixels, with the frame.
  public var size: Int

  /// Describes a plot.
  public init(range: Double, size: Int = 400) {
    precondition(range > 0, "a plot of range \(range)")
    precondition(size >= 16, "a plot of \(size) pixels a side")
    self.range = range
    self.size = size
  }

  /// Draws points; those outside the range and those that are not finite are left out.
  ///
  /// The second coordinate grows upwards. The frame has a tick at each zero.
  ///
  /// - Parameter points: The points as (point, coordinate), row-major.
  /// - Returns: A grey image.
  public func image(of points: [Float]) -> RasterImage {
    precondition(points.count.isMultiple(of: 2), "\(points.count) values are no points")
    var ink = [Double](repeating: 0, count: size * size)
    for start in stride(from: 0, to: points.count, by: 2) {
      guard let column = pixel(Double(points[start])),
        let row = pixel(-Double(points[start + 1]))
      else { continue }
      addDot(to: &ink, row: row, column: column)
    }
    var image = RasterImage(width: size, height: size, channels: 1, value: 255)
    for (index, ink) in ink.enumerated() {
      image.pixels[index] = UInt8((255 * exp(-ink)).rounded())
    }
    drawFrame(in: &image)
    return image
  }

  private func pixel(_ coordinate: Double) -> Int? {
    guard abs(coordinate) < range else { return nil }
    let position = (coordinate / range + 1) / 2 * Double(size - 2)
    return 1 + min(Int(position), size - 3)
  }

  // A lone pixel is hard to see, so its neighbours take a part.
  private func addDot(to ink: inout [Double], row: Int, column: Int) {
    for (rowOffset, columnOffset, amount) in [
      (0, 0, 0.6), (-1, 0, 0.2), (1, 0, 0.2), (0, -1, 0.2), (0, 1, 0.2),
    ] {
      ink[(row + rowOffset) * size + column + columnOffset] += amount
    }
  }

  private func drawFrame(in image: inout RasterImage) {
    for position in 0..<size {
      for edge in [0, size - 1] {
        image[edge, position] = 0
        image[position, edge] = 0
      }
    }
    for depth in 0..<6 {
      image[size / 2, depth] = 0
      image[size - 1 - depth, size / 2] = 0
    }
  }
}
