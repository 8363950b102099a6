public import Autodiff

extension ConvolutionChoices {
  /// Times direct and Winograd convolutions and adds the faster one for those not in the table.
  ///
  /// Takes up to some seconds, and as much memory as the largest convolution needs. Weights are packed
  /// once in a run, which counts in proportion to the number of times that they are used.
  ///
  /// - Parameter program: The program whose convolutions are measured.
  /// - Throws: An error of a numerical library.
  public mutating func measure(_ program: Program) throws {
    #if OneDNN
      let uses = program.convolutions()
      let wanted = uses.keys.filter { $0.geometry.admitsWinograd && self[$0] == nil }
      for request in wanted {
        let trial = try ConvolutionTrial(request, uses: uses[request] ?? 1)
        self[request] = try trial.fasterAlgorithm()
      }
    #endif
  }
}

extension ConvolutionGeometry {
  // Winograd's algorithm for windows of 3 x 3 with channels that fill blocks.
  fileprivate var admitsWinograd: Bool {
    kernelHeight == 3 && kernelWidth == 3 && stride == 1
      && inChannels % ActivationLayout.lanes == 0 && outChannels % ActivationLayout.lanes == 0
  }
}

#if OneDNN
  /// One convolution on memory of its own, timed with either algorithm.
  private struct ConvolutionTrial {
    private let request: ConvolutionRequest
    private let uses: Int
    private let clock = ContinuousClock()
    private let images: FloatBlock
    private let weights: FloatBlock
    private let results: FloatBlock

    init(_ request: ConvolutionRequest, uses: Int) throws {
      self.request = request
      self.uses = uses
      let geometry = request.geometry
      images = FloatBlock(count: geometry.inCount)
      weights = FloatBlock(count: geometry.weightCount)
      results = FloatBlock(count: geometry.outCount)
    }

    func fasterAlgorithm() throws -> ConvolutionAlgorithm {
      let direct = try Candidate(request, .direct, images, weights, results)
      let winograd: Candidate
      do {
        winograd = try Candidate(request, .winograd, images, weights, results)
      } catch is BackendError {
        return .direct
      }
      // In turn, so that a disturbance meets both; the fastest of each counts.
      var times = (direct: Duration.seconds(1e9), winograd: Duration.seconds(1e9))
      for _ in 0..<4 {
        times.direct = min(times.direct, try time(direct))
        times.winograd = min(times.winograd, try time(winograd))
      }
      return times.winograd < times.direct ? .winograd : .direct
    }

    private func time(_ candidate: Candidate) throws -> Duration {
      let packing = try clock.measure { try candidate.packing?.pack() }
      return try clock.measure { try candidate.convolution.execute() } * uses + packing
    }
  }

  /// A convolution bound to memory.
  private struct Candidate {
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

  /// Aligned floats.
  private final class FloatBlock {
    let address: UnsafeMutablePointer<Float>

    init(count: Int) {
      address = UnsafeMutableRawPointer.allocate(
        byteCount: MemoryPlan.aligned(count) * MemoryLayout<Float>.stride, alignment: 64
      ).assumingMemoryBound(to: Float.self)
      // Zeros would do for the time, but denormal sums of garbage would not.
      address.initialize(repeating: 0.5, count: MemoryPlan.aligned(count))
    }

    deinit { address.deallocate() }
  }
#endif
