extension ConvolutionGeometry {
  // Winograd's algorithm for windows of 3 x 3 with channels that fill blocks.
  var admitsWinograd: Bool {
    kernelHeight == 3 && kernelWidth == 3 && stride == 1
      && inChannels % ActivationLayout.lanes == 0 && outChannels % ActivationLayout.lanes == 0
  }
}

#if OneDNN
  /// One convolution on memory of its own, timed with either algorithm.
  struct ConvolutionTrial {
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
      let direct = try BoundConvolution(request, .direct, images, weights, results)
      let winograd: BoundConvolution
      do {
        winograd = try BoundConvolution(request, .winograd, images, weights, results)
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

    private func time(_ candidate: BoundConvolution) throws -> Duration {
      let packing = try clock.measure { try candidate.packing?.pack() }
      return try clock.measure { try candidate.convolution.execute() } * uses + packing
    }
  }
#endif
