import Autodiff
import Execution
import Testing

@Suite struct StepObserverTests {
  private func executable(_ options: CompileOptions) throws -> Executable {
    let graph = Graph()
    let images = graph.input("images", [2, 16, 8, 8])
    let weights = graph.input("weights", [16, 16, 3, 3])
    let y = convolution(images, weights, .same(kernel: 3))
    return try Executable(Program([("y", tanh(y)), ("sum", y.sum())]), options: options)
  }

  @Test(arguments: [CompileOptions.ConvolutionBackend.automatic, .gemm])
  func observersSeeEveryStepInOrderWithItsArithmetic(
    backend: CompileOptions.ConvolutionBackend
  ) throws {
    let executable = try executable(CompileOptions(convolutionBackend: backend))
    var seen: [ExecutedStep] = []
    executable.stepObserver = { seen.append($0) }
    try executable.run()
    #expect(seen.count == executable.stepCount)
    #expect(seen.allSatisfy { $0.begin <= $0.end })
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.end <= $1.begin })
    let operations = seen.reduce(0) { $0 + $1.floatingPointOperations }
    #expect(operations == executable.program.contractionOperations)
    executable.stepObserver = nil
    try executable.run()
    #expect(seen.count == executable.stepCount)
  }

  @Test func profileAddsUpWhatObserversSee() throws {
    let executable = try executable(CompileOptions())
    var seconds = 0.0
    executable.stepObserver = { seconds += ($0.end - $0.begin) / .seconds(1) }
    executable.startProfiling()
    for _ in 0..<3 { try executable.run() }
    let profile = executable.profile
    #expect(profile.reduce(0) { $0 + $1.count } == 3 * executable.stepCount)
    #expect(abs(profile.reduce(0) { $0 + $1.seconds } - seconds) < 1e-9)
  }

  @Test(arguments: [CompileOptions.ConvolutionBackend.automatic, .gemm])
  func peakIsARate(backend: CompileOptions.ConvolutionBackend) throws {
    let peak = try ConvolutionPeak(CompileOptions(convolutionBackend: backend))
    #expect(peak.gigaflops.isFinite && peak.gigaflops > 0)
  }
}
