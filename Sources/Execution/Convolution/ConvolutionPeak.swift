import Glibc

/// The arithmetic that one thread of this machine delivers in single precision, by measurement.
///
/// With oneDNN a direct 3 x 3 convolution of 16 images of 32 x 32 pixels from 128 to 128 channels in
/// the blocked layout, otherwise a product of two matrices of 1024 x 1024 by OpenBLAS. The best of
/// the repetitions of half a second counts, in processor time of the thread, so that other work on
/// the machine matters little. Winograd's algorithm delivers the same results with fewer
/// operations and may seem to exceed the peak.
public struct ConvolutionPeak: Sendable, Hashable {
  /// Billions of multiplications and additions per second.
  public let gigaflops: Double

  /// Measures for half a second.
  ///
  /// - Parameter options: Which library computes convolutions.
  /// - Throws: An error of a numerical library.
  public init(_ options: CompileOptions = CompileOptions()) throws {
    #if OneDNN
      if options.usesOneDNN {
        let geometry = Self.geometry
        let images = FloatBlock(count: geometry.inCount)
        let weights = FloatBlock(count: geometry.weightCount)
        let results = FloatBlock(count: geometry.outCount)
        let bound = try BoundConvolution(
          ConvolutionRequest(
            geometry: geometry, direction: .forward,
            layouts: ConvolutionLayouts(images: .blocked, results: .blocked)),
          .direct, images, weights, results)
        try bound.packing?.pack()
        gigaflops = try withExtendedLifetime((images, weights, results, bound)) {
          try Self.best(of: geometry.floatingPointOperations) { try bound.convolution.execute() }
        }
        return
      }
    #endif
    let product = MatrixProduct(m: 1024, n: 1024, k: 1024)
    let a = FloatBlock(count: product.m * product.k)
    let b = FloatBlock(count: product.k * product.n)
    let result = FloatBlock(count: product.m * product.n)
    gigaflops = withExtendedLifetime((a, b, result)) {
      Self.best(of: product.floatingPointOperations) {
        product.execute(a.address, b.address, into: result.address)
      }
    }
  }

  private static let geometry = ConvolutionGeometry(
    batch: 16, inChannels: 128, outChannels: 128, inHeight: 32, inWidth: 32, kernelHeight: 3,
    kernelWidth: 3, padLow: 1, padHigh: 1)

  private static func best(of operations: Int, _ work: () throws -> Void) rethrows -> Double {
    // The first run meets cold caches and memory that was never touched.
    try work()
    let begin = ContinuousClock.now
    var shortest = Double.infinity
    repeat {
      let start = threadSeconds
      try work()
      shortest = min(shortest, threadSeconds - start)
    } while ContinuousClock.now - begin < .milliseconds(500)
    return Double(operations) / shortest * 1e-9
  }

  /// Seconds that the calling thread has run.
  private static var threadSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
