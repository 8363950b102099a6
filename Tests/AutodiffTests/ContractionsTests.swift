import Autodiff
import TestSupport
import Testing

@Suite struct ContractionsTests {
  @Test(arguments: [false, true], [false, true])
  func matrixProductHasItsDerivatives(_ first: Bool, _ second: Bool) throws {
    for batch in [[], [2]] {
      let x = Shape(batch + (first ? [3, 2] : [2, 3]))
      let y = Shape(batch + (second ? [4, 3] : [3, 4]))
      let checker = DerivativeChecker([.uniform(x), .uniform(y, seed: 2)]) {
        matrixProduct(sin($0[0]), $0[1], transposeFirst: first, transposeSecond: second)
      }
      #expect(try checker.discrepancies() == [])
    }
    let empty = DerivativeChecker([.uniform([0, 3]), .uniform([3, 2])]) {
      matrixProduct($0[0], $0[1])
    }
    #expect(try empty.discrepancies() == [])
  }

  @Test func transposedOperandsGiveTheSameMatrixProduct() throws {
    let graph = Graph()
    let x = graph.input("x", [2, 3])
    let y = graph.input("y", [3, 2])
    let (xT, yT) = (x.transposed([1, 0]), y.transposed([1, 0]))
    let found = try ReferenceEvaluator(["x": [1, 2, 3, 4, 5, 6], "y": [1, 0, 2, -1, 0, 3]])
      .evaluate([
        matrixProduct(x, y), matrixProduct(xT, y, transposeFirst: true),
        matrixProduct(x, yT, transposeSecond: true),
        matrixProduct(xT, yT, transposeFirst: true, transposeSecond: true),
      ])
    #expect(found == [[Double]](repeating: [5, 7, 14, 13], count: 4))
  }

  static let windows = [
    ConvolutionWindow(), .same(kernel: 3), ConvolutionWindow(stride: 2),
    ConvolutionWindow(stride: 2, padLow: 1, padHigh: 2), ConvolutionWindow(stride: 3, padHigh: 1),
  ]

  @Test(arguments: windows)
  func convolutionHasItsDerivatives(_ window: ConvolutionWindow) throws {
    let checker = DerivativeChecker([
      .uniform([2, 2, 4, 5]), .uniform([3, 2, 3, 2], seed: 2),
    ]) { convolution(sin($0[0]), $0[1], window) }
    #expect(try checker.discrepancies(tolerance: 1e-6) == [])
  }

  @Test(arguments: windows)
  func convolutionGradientsAreTransposesOfTheConvolution(_ window: ConvolutionWindow) throws {
    let graph = Graph()
    let x = graph.input("x", [2, 2, 4, 5])
    let w = graph.input("w", [3, 2, 3, 2])
    let y = convolution(x, w, window)
    let c = graph.input("c", y.shape)
    let products = [
      (y * c).sum(),
      (convolutionDataGradient(c, w, window, imageShape: x.shape) * x).sum(),
      (convolutionWeightGradient(x, c, window, weightShape: w.shape) * w).sum(),
    ]
    let found = try ReferenceEvaluator([
      "x": uniformElements(x.shape.count, seed: 1), "w": uniformElements(w.shape.count, seed: 2),
      "c": uniformElements(c.shape.count, seed: 3),
    ]).evaluate(products).map { $0[0] }
    #expect(abs(found[0]) > 0.01)
    #expect(abs(found[1] - found[0]) < 1e-12 && abs(found[2] - found[0]) < 1e-12)
  }

  @Test(arguments: windows)
  func transposedConvolutionsHaveTheirDerivatives(_ window: ConvolutionWindow) throws {
    let (images, weights): (Shape, Shape) = ([1, 2, 4, 5], [2, 2, 3, 2])
    let graph = Graph()
    let map = convolution(graph.input("x", images), graph.input("w", weights), window).shape
    let data = DerivativeChecker([.uniform(map), .uniform(weights, seed: 2)]) {
      square(convolutionDataGradient($0[0], $0[1], window, imageShape: images))
    }
    #expect(try data.discrepancies(tolerance: 1e-6) == [])
    let weight = DerivativeChecker([.uniform(images), .uniform(map, seed: 2)]) {
      square(convolutionWeightGradient($0[0], $0[1], window, weightShape: weights))
    }
    #expect(try weight.discrepancies(tolerance: 1e-6) == [])
  }

  @Test func emptyBatchesAreConvolvedAndResampled() throws {
    let checker = DerivativeChecker([.uniform([0, 2, 4, 4]), .uniform([1, 2, 3, 3])]) {
      resample(
        convolution($0[0], $0[1], .same(kernel: 3)),
        ResamplingFilter(taps: [0.5, 0.5], down: 2))
    }
    #expect(try checker.discrepancies() == [])
  }

  // scipy.signal.correlate2d of the padded image, every second row and column.
  @Test func convolutionIsACrossCorrelation() throws {
    let graph = Graph()
    let x = graph.input("x", [1, 1, 3, 5])
    let w = graph.literal([1, -2, 3, 0.5], [1, 1, 2, 2])
    let y = convolution(x, w, ConvolutionWindow(stride: 2, padLow: 1, padHigh: 2))
    #expect(y.shape == [1, 1, 3, 4])
    let found = try ReferenceEvaluator(["x": (1...15).map(Double.init)]).evaluate(y)
    #expect(found == [0.5, 7.5, 14.5, 0, -6.5, 33.5, 38.5, 0, 0, 0, 0, 0])
  }

  static let filters = [
    ResamplingFilter(taps: [0.125, 0.375, 0.375, 0.125], up: 2, padLow: 2, padHigh: 1),
    ResamplingFilter(taps: [1, 2, 4, 8], down: 2, padLow: 1, padHigh: 1),
    ResamplingFilter(taps: [1, 2, 4, 8], padLow: 2, padHigh: 2),
    ResamplingFilter(taps: [1, -1, 3], up: 3, down: 2, padLow: 1),
    ResamplingFilter(taps: [1, 2, 3], down: 2, padLow: -1, padHigh: 2),
  ]

  @Test(arguments: filters)
  func resamplingHasItsDerivativesOnImagesOfAnyExtent(_ filter: ResamplingFilter) throws {
    for extents in [[4, 4], [4, 5], [3, 6], [5, 4]] {
      let checker = DerivativeChecker([.uniform(Shape([1, 2] + extents))]) {
        square(resample(sin($0[0]), filter))
      }
      #expect(try checker.discrepancies(tolerance: 1e-6) == [], "\(extents)")
    }
  }

  // numpy.convolve of the zero-inserted, padded signal in mode "valid".
  @Test func resamplingConvolvesAfterZeroInsertionAndPadding() throws {
    let graph = Graph()
    let x = graph.input("x", [1, 1, 1, 5])
    let unit = ReferenceEvaluator(["x": [1, -2, 3, 5, 7]])
    let up = resample(x, ResamplingFilter(taps: [1, 2, 4, 8], up: 2, padLow: 2, padHigh: 1))
    // The same filter spreads the single row over two rows, with the weights 2 and 4.
    let row: [Double] = [2, 2, 4, -5, -10, 17, 34, 27, 54, 28]
    #expect(up.shape == [1, 1, 2, 10])
    #expect(try unit.evaluate(up) == row.map { $0 * 2 } + row.map { $0 * 4 })
  }

  @Test func gatherAndScatterAreTransposes() throws {
    let rows = Sample([3], [2, 0, 2], isDifferentiated: false)
    let gathering = DerivativeChecker([.uniform([4, 2]), rows]) {
      square(gather(sin($0[0]), rows: $0[1]))
    }
    #expect(try gathering.discrepancies() == [])
    let scattering = DerivativeChecker([.uniform([3, 2]), rows]) {
      square(scatterAdd(sin($0[0]), rows: $0[1], count: 4))
    }
    #expect(try scattering.discrepancies() == [])
  }

  // Philox4x32-10 of the zero counter and key begins 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
  @Test func dropoutMaskComparesPhiloxWordsWithTheRate() throws {
    let graph = Graph()
    let keys = graph.input("keys", [1, 2])
    let evaluator = ReferenceEvaluator(["keys": [0, 0]])
    let half = dropoutMask(keys: keys, site: 0, rate: 0.5, shape: [1, 4])
    #expect(try evaluator.evaluate(half) == [0, 2, 2, 2])
    let most = dropoutMask(keys: keys, site: 0, rate: 0.75, shape: [1, 2, 2])
    #expect(try evaluator.evaluate(most) == [0, 4, 0, 0])
    let other = dropoutMask(keys: keys, site: 1, rate: 0.5, shape: [1, 64])
    let same = dropoutMask(keys: keys, site: 0, rate: 0.5, shape: [1, 64])
    #expect(try evaluator.evaluate(other) != evaluator.evaluate(same))
  }
}
