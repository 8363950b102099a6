import Foundation
import Telemetry
import TestSupport
import Testing

@Suite struct PNGTests {
  @Test(arguments: [1, 3])
  func pixelsSurviveTheFile(channels: Int) throws {
    let folder = try TemporaryFolder()
    var image = RasterImage(width: 301, height: 17, channels: channels, value: 9)
    for row in 0..<17 {
      for column in 0..<301 {
        image[row, column, channels - 1] = UInt8(truncatingIfNeeded: row * 37 + column * 11)
      }
    }
    let path = folder.path + "/image.png"
    try image.writePNG(to: path)
    let read = try PNGReader(path: path)
    #expect(read.width == 301 && read.height == 17 && read.channels == channels)
    #expect(read.pixels == image.pixels)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["image.png"])
  }

  @Test func unwritableFolderIsNamed() {
    let image = RasterImage(width: 1, height: 1, channels: 1, value: 0)
    let error = #expect(throws: TelemetryError.self) {
      try image.writePNG(to: "/nowhere/image.png")
    }
    #expect(
      error?.description == "cannot open '/nowhere/image.png.partial': No such file or directory")
  }
}

@Suite struct SampleGridTests {
  @Test func imagesFillRowsWithAGapBetween() {
    // Three grey images of 1x2 pixels, two columns, gap 1.
    let values: [Float] = [0, 1, 0.5, -3, 7, .nan]
    let grid = SampleGrid(columns: 2, gap: 1).image(of: values, shape: [1, 1, 2])
    #expect(grid.width == 7 && grid.height == 5 && grid.channels == 1)
    let white: UInt8 = 255
    let expected: [UInt8] = [
      white, white, white, white, white, white, white,
      white, 0, 255, white, 128, 0, white,
      white, white, white, white, white, white, white,
      white, 255, 0, white, white, white, white,
      white, white, white, white, white, white, white,
    ]
    #expect(grid.pixels == expected)
  }

  @Test func channelPlanesBecomeColors() {
    let values: [Float] = [0, 0.2, 0.4, 0.6, 0.8, 1]
    let grid = SampleGrid(gap: 0).image(of: values, shape: [3, 2, 1])
    #expect(grid.pixels == [0, 102, 204, 51, 153, 255])
  }

  @Test func magnificationRepeatsPixels() {
    let grid = SampleGrid(gap: 0, magnification: 2).image(of: [0, 1], shape: [1, 1, 2])
    #expect(grid.pixels == [0, 0, 255, 255, 0, 0, 255, 255])
  }

  @Test(arguments: [(1, 1, 1), (2, 2, 1), (16, 4, 4), (17, 5, 4)])
  func gridIsAboutSquare(count: Int, columns: Int, rows: Int) {
    let grid = SampleGrid(gap: 0).image(
      of: [Float](repeating: 0, count: count), shape: [1, 1, 1])
    #expect(grid.width == columns && grid.height == rows)
  }
}

@Suite struct ScatterPlotTests {
  @Test func pointsLieWhereTheirCoordinatesSay() {
    let size = 102
    // One point in the middle of the upper left quarter; the rest cannot be shown.
    let image = ScatterPlot(range: 4, size: size).image(
      of: [-2, 2, 5, 0, .nan, 0, 0, .infinity, -4, 4])
    let blank = ScatterPlot(range: 4, size: size).image(of: [])
    let changed = (0..<size * size).filter { image.pixels[$0] != blank.pixels[$0] }
    let dot = [(25, 26), (26, 25), (26, 26), (26, 27), (27, 26)].map { $0.0 * size + $0.1 }
    #expect(changed == dot)
    #expect(image[26, 26] < image[25, 26])
  }

  @Test func morePointsAreDarker() {
    let once = ScatterPlot(range: 1).image(of: [0.1, 0.1])
    let twice = ScatterPlot(range: 1).image(of: [0.1, 0.1, 0.1, 0.1])
    #expect(once.pixels != twice.pixels)
    #expect(zip(once.pixels, twice.pixels).allSatisfy { $0 >= $1 })
  }

  @Test func frameSurroundsThePlot() {
    let image = ScatterPlot(range: 1, size: 50).image(of: [])
    let edge = (0..<50).flatMap { [image[0, $0], image[49, $0], image[$0, 0], image[$0, 49]] }
    #expect(edge.allSatisfy { $0 == 0 })
    #expect(image[25, 5] == 0 && image[44, 25] == 0 && image[10, 10] == 255)
  }
}
