/// Images side by side, as samples of a model are shown.
public struct SampleGrid: Sendable {
  /// The number of images in a row, or nil for about as many columns as rows.
  public var columns: Int?

  /// The pixels between two images and around the grid.
  public var gap: Int

  /// How many pixels a side one pixel of an image takes.
  public var magnification: Int

  /// Describes a grid.
  public init(columns: Int? = nil, gap: Int = 2, magnification: Int = 1) {
    precondition(columns.map { $0 > 0 } ?? true, "a grid of \(columns ?? 0) columns")
    precondition(gap >= 0, "a gap of \(gap) pixels")
    precondition(magnification > 0, "a magnification of \(magnification)")
    self.columns = columns
    self.gap = gap
    self.magnification = magnification
  }

  /// Draws images from left to right, then downwards, on white.
  ///
  /// Values are clipped to [0, 1]; NaN is drawn black.
  ///
  /// - Parameters:
  ///   - values: The images as (image, channel, row, column), at least one.
  ///   - shape: Channels (1 or 3), height and width of one image.
  /// - Returns: The grid.
  public func image(of values: [Float], shape: [Int]) -> RasterImage {
    let size = shape.reduce(1, *)
    precondition(
      shape.count == 3 && !values.isEmpty && values.count.isMultiple(of: size),
      "\(values.count) values are no images of shape \(shape)")
    let count = values.count / size
    let columns = self.columns ?? Int(Double(count).squareRoot().rounded(.up))
    let rows = (count + columns - 1) / columns
    let tileHeight = shape[1] * magnification
    let tileWidth = shape[2] * magnification
    var grid = RasterImage(
      width: columns * (tileWidth + gap) + gap, height: rows * (tileHeight + gap) + gap,
      channels: shape[0], value: 255)
    for index in 0..<count {
      let top = gap + index / columns * (tileHeight + gap)
      let left = gap + index % columns * (tileWidth + gap)
      draw(values[index * size..<(index + 1) * size], shape, in: &grid, top: top, left: left)
    }
    return grid
  }

  private func draw(
    _ values: ArraySlice<Float>, _ shape: [Int], in grid: inout RasterImage, top: Int, left: Int
  ) {
    for channel in 0..<shape[0] {
      for row in 0..<shape[1] * magnification {
        for column in 0..<shape[2] * magnification {
          let source =
            (channel * shape[1] + row / magnification) * shape[2] + column / magnification
          let value = values[values.startIndex + source]
          // A comparison with NaN is false, so that it becomes zero.
          let clipped = value > 0 ? min(value, 1) : 0
          grid[top + row, left + column, channel] = UInt8((clipped * 255).rounded())
        }
      }
    }
  }
}
