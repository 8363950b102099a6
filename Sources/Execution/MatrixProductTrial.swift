/// The libraries that can compute a matrix product.
enum MatrixProductLibrary: String, Sendable, Hashable, Codable {
  case openBLAS = "openblas"
  case oneDNN = "onednn"
}

#if OneDNN
  /// One matrix product on memory of its own, timed with either library.
  struct MatrixProductTrial {
    private let product: MatrixProduct
    private let clock = ContinuousClock()
    private let a: FloatBlock
    private let b: FloatBlock
    private let result: FloatBlock

    init(_ product: MatrixProduct) {
      self.product = product
      a = FloatBlock(count: product.batch * product.m * product.k)
      b = FloatBlock(count: product.batch * product.k * product.n)
      result = FloatBlock(count: product.batch * product.m * product.n)
    }

    func fasterLibrary() -> MatrixProductLibrary {
      // In turn, so that a disturbance meets both; the fastest of each counts. The first run of a
      // library prepares its kernels.
      var times = (openBLAS: Duration.seconds(1e9), oneDNN: Duration.seconds(1e9))
      for _ in 0..<5 {
        times.openBLAS = min(times.openBLAS, time(.openBLAS))
        times.oneDNN = min(times.oneDNN, time(.oneDNN))
      }
      return times.openBLAS < times.oneDNN ? .openBLAS : .oneDNN
    }

    private func time(_ library: MatrixProductLibrary) -> Duration {
      clock.measure {
        product.execute(a.address, b.address, into: result.address, by: library)
      }
    }
  }

  extension MatrixProduct {
    /// Computes all products with one of the libraries.
    func execute(
      _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
      into out: UnsafeMutablePointer<Float>, by library: MatrixProductLibrary
    ) {
      switch library {
      case .openBLAS: execute(a, b, into: out)
      case .oneDNN: OneDNN.multiply(self, a, b, into: out)
      }
    }
  }
#endif
