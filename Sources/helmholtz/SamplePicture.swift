import Datasets
import Foundation
import RunConfiguration
import Telemetry

/// Samples as people look at them: a grid of images, or points in the plane.
struct SamplePicture {
  let image: RasterImage

  /// Draws samples.
  ///
  /// - Parameters:
  ///   - values: The samples, flat, at least one.
  ///   - shape: The shape of one sample.
  ///   - settings: The settings of the model.
  init(of values: [Float], shape: [Int], settings: RunSettings) {
    guard shape.count == 3 else {
      image = ScatterPlot(range: Self.plottedRange).image(of: values)
      return
    }
    let isCentred = settings.model.centered
    let pixels = isCentred ? values.map { ($0 + 1) / 2 } : values
    image = SampleGrid(magnification: shape[1] < 64 ? 2 : 1).image(of: pixels, shape: shape)
  }

  // All toy densities lie within; a fixed range makes pictures of different steps comparable.
  private static let plottedRange = 9.0

  /// Writes the picture; its folder is made if there is none.
  func write(to url: URL) throws {
    try? FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try image.writePNG(to: url.path)
  }
}
