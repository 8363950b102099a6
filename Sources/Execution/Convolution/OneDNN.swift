#if OneDNN
  import COneDNN
  import Glibc

  /// The library's engine and settings.
  enum OneDNN {
    /// The library's name and version, for example `oneDNN 2.6.3`.
    static let description: String = {
      guard let version = dnnl_version()?.pointee else { return "oneDNN" }
      return "oneDNN \(version.major).\(version.minor).\(version.patch)"
    }()

    /// The one CPU engine, shared by all threads: oneDNN's engines hold no mutable state.
    nonisolated(unsafe) private static let sharedEngine: Result<dnnl_engine_t, BackendError> = {
      var engine: dnnl_engine_t?
      let status = dnnl_engine_create(&engine, dnnl_cpu, 0)
      guard status == dnnl_success, let engine else {
        return .failure(error(status, "creating the CPU engine"))
      }
      return .success(engine)
    }()

    static func engine() throws(BackendError) -> dnnl_engine_t { try sharedEngine.get() }

    private static let setNumberOfThreads: (@convention(c) (Int32) -> Void)? = dlsym(
      nil, "omp_set_num_threads"
    ).map { unsafeBitCast($0, to: (@convention(c) (Int32) -> Void).self) }

    /// Makes oneDNN single-threaded on the calling thread.
    ///
    /// Debian's build runs on OpenMP, whose setting belongs to the calling thread (OpenMP 5.2,
    /// 18.1.1), so each replica's thread must have done this before it runs a primitive.
    static func useOneThread() { setNumberOfThreads?(1) }

    /// One row-major matrix product; extents and strides as in ``MatrixProduct``.
    ///
    /// With `accumulates`, it is added to what `out` holds. Debian's OpenBLAS falls back to kernels
    /// without AVX on processors newer than itself, where this is several times faster.
    static func multiply(
      _ product: MatrixProduct, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
      into out: UnsafeMutablePointer<Float>, accumulates: Bool = false
    ) {
      useOneThread()
      for index in 0..<product.batch {
        let status = dnnl_sgemm(
          product.transposesA ? CChar(UInt8(ascii: "T")) : CChar(UInt8(ascii: "N")),
          product.transposesB ? CChar(UInt8(ascii: "T")) : CChar(UInt8(ascii: "N")),
          Int64(product.m), Int64(product.n), Int64(product.k), 1, a + index * product.strideA,
          Int64(product.transposesA ? product.m : product.k), b + index * product.strideB,
          Int64(product.transposesB ? product.k : product.n), accumulates ? 1 : 0,
          out + index * product.strideOut, Int64(product.n))
        precondition(status == dnnl_success, "dnnl_sgemm refused \(product)")
      }
    }

    static func check(
      _ status: dnnl_status_t, _ request: @autoclosure () -> String
    ) throws(BackendError) {
      guard status == dnnl_success else { throw error(status, request()) }
    }

    private static func error(_ status: dnnl_status_t, _ request: String) -> BackendError {
      let reasons: [dnnl_status_t.RawValue: String] = [
        dnnl_out_of_memory.rawValue: "out of memory",
        dnnl_invalid_arguments.rawValue: "invalid arguments",
        dnnl_unimplemented.rawValue: "not implemented for these extents and layouts",
        dnnl_iterator_ends.rawValue: "no further implementation",
        dnnl_runtime_error.rawValue: "failed at run time",
        dnnl_not_required.rawValue: "not required",
      ]
      return BackendError(
        library: description, request: request,
        reason: reasons[status.rawValue] ?? "status \(status.rawValue)")
    }
  }
#endif
