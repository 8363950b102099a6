import Datasets
import Evaluation
import Execution
import MPI
import Networks
import RunConfiguration
import Scores
import Testing
import Training

@testable import Reproduction

@Suite struct EstimatorNoiseTests {
  private let settings: RunSettings
  private let state: TrainingState
  private let examples: NoisyExamples
  private static let batch = 20

  init() throws {
    settings = try ResolvedSettings("toy-spirals-qc", overrides: ["dataset.points=100"]).settings
    state = TrainingState(try settings.scoreModel().network.parameters, seed: 1)
    examples = try NoisyExamples(
      try settings.examples(.train), count: Self.batch, settings: settings)
  }

  private func program(_ estimator: QuasiConservative.Estimator) throws -> PenaltyProgram {
    PenaltyProgram(
      try settings.scoreModel(), estimator: estimator, noisePower: 2, batch: Self.batch)
  }

  private func noise(_ estimator: QuasiConservative.Estimator) throws -> EstimatorNoise {
    try EstimatorNoise(
      of: program(estimator),
      weights: ModelWeights(borrowing: state.bindings(to: state.parameters)),
      examples: examples, groups: 40, seed: 3, options: CompileOptions(),
      over: try MPIEnvironment.start().world)
  }

  private func exactPenalty() throws -> Double {
    let executable = try Executable(
      program(.exact).program, external: state.bindings(to: state.parameters))
    executable.setInput(ProgramInput.data, to: examples.states)
    executable.setInput(ProgramInput.standardDeviation, to: examples.standardDeviations)
    executable.setInput(ProgramInput.condition, to: examples.conditions)
    try executable.run()
    return Double(executable.result("penalty")[0])
  }

  @Test func inThePlaneTheSkewFormIsExact() throws {
    let (skew, exact) = (try noise(.skew), try exactPenalty())
    #expect(abs(skew.mean / exact - 1) < 1e-5)
    for spread in skew.spreads {
      #expect(spread.value < 1e-5 * exact)
      #expect(spread.gradient < 1e-5 * skew.gradientNorm)
    }
  }

  @Test func theNoiseOfThePapersFormFallsWithTheRootOfTheProbes() throws {
    let (paper, exact) = (try noise(.paper), try exactPenalty())
    let once = try #require(paper.spread(1))
    // 640 estimates.
    #expect(abs(paper.mean - exact) < 5 * once.value / 640.0.squareRoot())
    #expect(once.value > 1e-3 * exact)
    for probes in [4, 16] {
      let spread = try #require(paper.spread(probes))
      let root = Double(probes).squareRoot()
      // Of 40 estimates a deviation is known to a tenth.
      #expect(spread.value * root / once.value > 0.6 && spread.value * root / once.value < 1.5)
      #expect(
        spread.gradient * root / once.gradient > 0.6
          && spread.gradient * root / once.gradient < 1.5)
    }
  }
}
