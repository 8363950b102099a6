import Autodiff
import Execution
import RunConfiguration
import Scores
import Testing
import Training

/// The planned memory of a quasi-conservative step, which a change of the compiler must not raise.
@Suite struct MemoryTests {
  private func arenaBytes(_ overrides: [String]) throws -> Int {
    let settings = try ResolvedSettings("fashion-mnist-qc", overrides: overrides).settings
    let training = TrainingProgram(
      try settings.scoreModel(), objective: settings.trainingObjective, batch: 4, globalBatch: 4)
    return try Executable(training.program, options: settings.compileOptions).arenaBytes
  }

  // Bytes of an example when the plan was last looked at, with 1 % for other orders of equal rank.
  @Test(arguments: ["auto", "gemm"]) func arenaOfFashionMNISTDoesNotGrow(backend: String) throws {
    let bytes = try arenaBytes(["numerics.convolution_backend=\(backend)"])
    #expect(bytes <= 4 * 30_792_560 / 100 * 101)
    #expect(bytes > 4 * 10_000_000, "lower the limit")
  }
}
