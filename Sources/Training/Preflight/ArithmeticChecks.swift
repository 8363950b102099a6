import Autodiff
import Execution
import MPI

/// Whether matrix products by BLAS are right and equally fast on all ranks at the same time.
struct ProductCheck: PreflightCheck {
  let name = "product"

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    // This backend multiplies matrices by OpenBLAS, whatever else there is.
    try KnownResult.matrixProduct.check(
      self, CompileOptions(convolutionBackend: .gemm), context)
  }
}

/// Whether convolutions by the run's library are right and equally fast on all ranks.
struct ConvolutionCheck: PreflightCheck {
  let name = "convolution"

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    var options = context.settings?.compileOptions ?? CompileOptions()
    // Winograd's algorithm rounds where direct convolution of small whole numbers does not.
    options.winograd = .never
    return try KnownResult.convolution.check(self, options, context)
  }
}

extension KnownResult {
  private static let patience = Duration.milliseconds(300)

  /// Computes the result on all ranks at once and compares values and speeds.
  fileprivate func check(
    _ check: any PreflightCheck, _ options: CompileOptions, _ context: PreflightContext
  ) throws -> PreflightFinding {
    var finding = PreflightFinding(check)
    let world = context.world
    let (executable, failures) = try world.attempt { try compiled(options) }
    finding.fail(failures, context)
    guard failures.isEmpty, let executable else { return finding }
    try world.barrier()
    let (gigaflops, broken) = try world.attempt { try speed(of: executable) }
    finding.fail(broken, context)
    let wrong = try world.allGatherStrings(mistake(in: executable) ?? "")
    for line in context.lines(wrong.spoken) {
      finding.fail(line, .communication)
    }
    compare(try world.allGather(gigaflops ?? 0), &finding, context)
    return finding
  }

  private func compare(
    _ speeds: [Double], _ finding: inout PreflightFinding, _ context: PreflightContext
  ) {
    let usual = speeds.median
    let text = speeds.map { "\($0.rounded(toDigits: 1)) GFLOP/s" }
    finding.measurements = ["gflops": speeds]
    finding.figure =
      "right, \(usual.rounded(toDigits: 1)) GFLOP/s median, slowest"
      + " \((speeds.min() ?? 0).rounded(toDigits: 1))"
    for rank in speeds.indices where speeds[rank] < usual / 2 {
      finding.warn(
        "\(context.name(of: [rank])): \(text[rank]), the median is"
          + " \(usual.rounded(toDigits: 1))")
    }
  }

  // The best counts: everything else has been held up by other work.
  private func speed(of executable: Executable) throws -> Double {
    var shortest = Double.infinity
    let begin = ContinuousClock.now
    repeat {
      let start = ContinuousClock.now
      try executable.run()
      shortest = min(shortest, (ContinuousClock.now - start) / .seconds(1))
    } while ContinuousClock.now - begin < Self.patience
    return Double(operations) / shortest * 1e-9
  }
}
