#if OneDNN
  /// A convolution on memory of its own, for measurements.
  struct BoundConvolution {
    let convolution: OneDNNConvolution
    let packing: PackedWeights?
    private let scratch: FloatBlock

    init(
      _ request: ConvolutionRequest, _ algorithm: ConvolutionAlgorithm, _ images: FloatBlock,
      _ weights: FloatBlock, _ results: FloatBlock
    ) throws {
      convolution = try OneDNNConvolution(
        request.geometry, request.direction, layouts: request.layouts, algorithm: algorithm)
      scratch = FloatBlock(count: convolution.scratchBytes / MemoryLayout<Float>.stride)
      let operands =
        switch request.direction {
        case .forward: (images, weights, results)
        case .dataGradient: (results, weights, images)
        case .weightGradient: (images, results, weights)
        }
      packing = try PackedWeightsCache().packing(of: operands.1.address, for: convolution)
      try convolution.bind(
        first: operands.0.address, second: operands.1.address, result: operands.2.address,
        scratch: UnsafeMutableRawPointer(scratch.address), packedWeights: packing)
    }
  }
#endif
