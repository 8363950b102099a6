#if OneDNN
  import Testing

  @testable import Execution

  @Suite struct OneDNNConvolutionTests {
    /// A plain activation in another layout, by the layout's definition.
    static func relaid(
      _ x: [Float], channels: Int, plane: Int, to layout: ActivationLayout, inverse: Bool = false
    ) -> [Float] {
      guard layout == .blocked else { return x }
      var result = x
      for (plain, value) in x.enumerated() {
        let (row, position) = plain.quotientAndRemainder(dividingBy: plane)
        let blocked = (row / 16 * plane + position) * 16 + row % 16
        if inverse { result[plain] = x[blocked] } else { result[blocked] = value }
      }
      return result
    }

    static func run(
      _ geometry: ConvolutionGeometry, _ direction: ConvolutionDirection,
      _ layouts: ConvolutionLayouts, _ algorithm: ConvolutionAlgorithm, _ first: [Float],
      _ second: [Float]
    ) throws -> [Float] {
      let convolution = try OneDNNConvolution(
        geometry, direction, layouts: layouts, algorithm: algorithm)
      let g = geometry
      func images(_ x: [Float], inverse: Bool = false) -> [Float] {
        relaid(
          x, channels: g.inChannels, plane: g.inHeight * g.inWidth, to: layouts.images,
          inverse: inverse)
      }
      func results(_ y: [Float], inverse: Bool = false) -> [Float] {
        relaid(
          y, channels: g.outChannels, plane: g.outHeight * g.outWidth, to: layouts.results,
          inverse: inverse)
      }
      let first = direction == .dataGradient ? results(first) : images(first)
      let second = direction == .weightGradient ? results(second) : second
      let result = UnsafeMutablePointer<Float>.allocate(capacity: geometry.counts(direction).result)
      let scratch = UnsafeMutableRawPointer.allocate(
        byteCount: max(64, convolution.scratchBytes), alignment: 64)
      defer {
        result.deallocate()
        scratch.deallocate()
      }
      let cache = PackedWeightsCache()
      try first.withUnsafeBufferPointer { first in
        try second.withUnsafeBufferPointer { second in
          guard let a = first.baseAddress, let b = second.baseAddress else { return }
          let packed = try cache.packing(of: b, for: convolution)
          try convolution.bind(
            first: a, second: b, result: result, scratch: scratch, packedWeights: packed)
          try packed?.pack()
          // Twice: nothing of the first run may be left in scratch or result.
          try convolution.execute()
          try convolution.execute()
        }
      }
      let found = Array(
        UnsafeBufferPointer(start: result, count: geometry.counts(direction).result))
      switch direction {
      case .forward: return results(found, inverse: true)
      case .dataGradient: return images(found, inverse: true)
      case .weightGradient: return found
      }
    }

    static func possibleLayouts(_ geometry: ConvolutionGeometry) -> [ConvolutionLayouts] {
      ActivationLayout.allCases.flatMap { images in
        ActivationLayout.allCases.map { ConvolutionLayouts(images: images, results: $0) }
      }.filter {
        $0.images.isPossible(channels: geometry.inChannels)
          && $0.results.isPossible(channels: geometry.outChannels)
      }
    }

    @Test(arguments: ReferenceConvolution.geometries, ConvolutionDirection.allCases)
    func matchesTheDefinitionInEveryLayout(
      geometry: ConvolutionGeometry, direction: ConvolutionDirection
    ) throws {
      let counts = geometry.counts(direction)
      let first = numbers(counts.first, seed: 3)
      let second = numbers(counts.second, seed: 4)
      let expected = ReferenceConvolution(geometry: geometry).result(direction, first, second)
      for layouts in Self.possibleLayouts(geometry) {
        for algorithm in [ConvolutionAlgorithm.direct, .automatic] {
          let found = try Self.run(geometry, direction, layouts, algorithm, first, second)
          #expect(largestError(found, expected) < 4e-6, "\(layouts) \(algorithm)")
        }
      }
    }

    @Test(arguments: ConvolutionDirection.allCases)
    func winogradMatchesTheDefinition(direction: ConvolutionDirection) throws {
      let geometry = ConvolutionGeometry(
        batch: 2, inChannels: 32, outChannels: 48, inHeight: 16, inWidth: 16, kernelHeight: 3,
        kernelWidth: 3, padLow: 1, padHigh: 1)
      let blocked = ConvolutionLayouts(images: .blocked, results: .blocked)
      let counts = geometry.counts(direction)
      let first = numbers(counts.first, seed: 5)
      let second = numbers(counts.second, seed: 6)
      let found: [Float]
      do {
        found = try Self.run(geometry, direction, blocked, .winograd, first, second)
      } catch let error as BackendError {
        // Only processors with AVX-512 have it; elsewhere the refusal must say what was asked.
        #expect(error.description.contains("winograd"))
        return
      }
      let expected = ReferenceConvolution(geometry: geometry).result(direction, first, second)
      #expect(largestError(found, expected) < 2e-5)
    }

    @Test func refusalNamesTheRequest() {
      let strided = ConvolutionGeometry(
        batch: 1, inChannels: 16, outChannels: 16, inHeight: 8, inWidth: 8, kernelHeight: 3,
        kernelWidth: 3, stride: 2, padLow: 1, padHigh: 1)
      let error = #expect(throws: BackendError.self) {
        try OneDNNConvolution(
          strided, .forward, layouts: ConvolutionLayouts(), algorithm: .winograd)
      }
      #expect(error?.description.contains("forward convolution, winograd") == true)
    }

    @Test(arguments: 1...33)
    func noNumberOfChannelsFallsToReferenceLoops(channels: Int) throws {
      let geometry = ConvolutionGeometry(
        batch: 2, inChannels: channels, outChannels: 32, inHeight: 8, inWidth: 8, kernelHeight: 3,
        kernelWidth: 3, padLow: 1, padHigh: 1)
      for direction in ConvolutionDirection.allCases {
        for layouts in Self.possibleLayouts(geometry) {
          let convolution = try OneDNNConvolution(
            geometry, direction, layouts: layouts, algorithm: .direct)
          #expect(!convolution.isReference, "\(direction) \(layouts)")
        }
      }
    }

    @Test func convolutionsShareThePackingOfTheSameWeights() throws {
      let geometry = ConvolutionGeometry(
        batch: 1, inChannels: 16, outChannels: 16, inHeight: 8, inWidth: 8, kernelHeight: 3,
        kernelWidth: 3, padLow: 1, padHigh: 1)
      let blocked = ConvolutionLayouts(images: .blocked, results: .blocked)
      func make() throws -> OneDNNConvolution {
        try OneDNNConvolution(geometry, .forward, layouts: blocked, algorithm: .direct)
      }
      let cache = PackedWeightsCache()
      let weights = UnsafeMutablePointer<Float>.allocate(capacity: 2 * geometry.weightCount)
      defer { weights.deallocate() }
      let first = try #require(try cache.packing(of: weights, for: make()))
      #expect(try cache.packing(of: weights, for: make()) === first)
      let other = try cache.packing(of: weights + geometry.weightCount, for: make())
      #expect(other !== first)
      #expect(cache.all.count == 2)
      #expect(cache.bytes == 2 * 4 * geometry.weightCount)
    }

    @Test func descriptionCarriesTheVersion() {
      #expect(OneDNN.description.wholeMatch(of: /oneDNN \d+\.\d+\.\d+/) != nil)
    }
  }
#endif
