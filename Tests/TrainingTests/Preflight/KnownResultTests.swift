import Execution
import Testing

@testable import Training

@Suite struct KnownResultTests {
  @Test(arguments: [CompileOptions.ConvolutionBackend.automatic, .gemm])
  func libraryGivesTheClosedForm(backend: CompileOptions.ConvolutionBackend) throws {
    for known in [KnownResult.matrixProduct, .convolution] {
      let executable = try known.compiled(CompileOptions(convolutionBackend: backend))
      // Before a run nothing is right.
      #expect(known.mistake(in: executable) != nil)
      try executable.run()
      #expect(known.mistake(in: executable) == nil)
    }
  }

  @Test func wrongInputsAreFound() throws {
    for (known, input) in [(KnownResult.matrixProduct, "a"), (.convolution, "images")] {
      let executable = try known.compiled(CompileOptions())
      executable.input(input)[1000] += 1
      try executable.run()
      #expect(known.mistake(in: executable)?.contains("expected") == true)
    }
  }
}
