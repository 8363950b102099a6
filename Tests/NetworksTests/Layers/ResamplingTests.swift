import Autodiff
import TestSupport
import Testing

@testable import Networks

@Suite struct ResamplingTests {
  private let image = (0..<16).map(Double.init)

  @Test func boxHalvesByTheMeanAndDoublesByRepetition() throws {
    #expect(try apply { Resampling.box.halving($0) } == [2.5, 4.5, 10.5, 12.5])
    let doubled = try apply { Resampling.box.doubling($0) }
    for row in 0..<8 {
      for column in 0..<8 {
        #expect(doubled[row * 8 + column] == image[row / 2 * 4 + column / 2])
      }
    }
  }

  @Test func filterKeepsLinearImagesInside() throws {
    // A symmetric low-pass filter keeps a linear function away from the border; a smaller pixel
    // lies in the middle of 2x2 pixels, a larger one a quarter from the nearest.
    let halved = try apply(extent: 8) { Resampling.fir.halving($0) }
    #expect(abs(halved[5] - (2.5 * 8 + 2.5)) < 1e-12)
    let doubled = try apply { Resampling.fir.doubling($0) }
    #expect(abs(doubled[3 * 8 + 3] - (1.25 * 4 + 1.25)) < 1e-12)
    #expect(abs(doubled[4 * 8 + 3] - (1.75 * 4 + 1.25)) < 1e-12)
  }

  @Test func pyramidHalvesTheExtentWithAndWithoutAFilter() throws {
    for (resampling, name) in [(Resampling.fir, "Conv2d_0"), (.box, "Conv_0")] {
      let layer = PyramidDownsampling("p", from: 1, to: 2, resampling: resampling)
      #expect(layer.parameters.map(\.name) == ["p.\(name).weight", "p.\(name).bias"])
      let graph = Graph()
      let output = layer(graph.input("x", [1, 1, 8, 8]), ParameterValues(inputsOf: graph))
      #expect(output.shape == [1, 2, 4, 4])
      var center = [Double](repeating: 0, count: 18)
      center[4] = 1
      let found = try ReferenceEvaluator([
        "x": (0..<64).map(Double.init), "p.\(name).weight": center, "p.\(name).bias": [10, 0],
      ]).evaluate(output)
      // Pixel (1, 1): the filtered image lies half a pixel off, the bare one at (3, 3).
      let place = resampling == .fir ? 2.5 : 3
      #expect(abs(found[5] - (10 + 9 * place)) < 1e-12)
      #expect(found[16 + 5] == 0)
    }
  }

  private func apply(extent: Int = 4, _ function: (Value) -> Value) throws -> [Double] {
    let graph = Graph()
    let pixels = (0..<extent * extent).map(Double.init)
    return try ReferenceEvaluator(["x": pixels])
      .evaluate(function(graph.input("x", [1, 1, extent, extent])))
  }
}
