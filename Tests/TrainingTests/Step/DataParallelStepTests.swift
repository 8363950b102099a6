import Checkpoints
import Datasets
import MPI
import Networks
import RunConfiguration
import Testing
import Training

/// The step on one rank; the end-to-end tests compare numbers of ranks.
@Suite(.serialized) struct DataParallelStepTests {
  private func settings() throws -> RunSettings {
    try ResolvedSettings(
      "toy-8gaussians-qc",
      overrides: ["training.global_batch=12", "ema.decay=0.9", "dataset.points=100"]
    ).settings
  }

  private static let environment = Result {
    let environment = try MPIEnvironment.start()
    environment.finalizeAtExit()
    return environment
  }

  private func makeStep(
    _ settings: RunSettings
  ) throws -> (step: DataParallelStep, state: TrainingState) {
    let model = try settings.scoreModel()
    let state = TrainingState(model.network.parameters, seed: settings.seed)
    let step = try DataParallelStep(
      settings, dataset: try settings.trainingExamples(for: model), state: state,
      over: try Self.environment.get().world)
    return (step, state)
  }

  @Test func accumulatedMicroBatchesGiveTheSameStep() throws {
    var settings = try settings()
    let whole = try makeStep(settings)
    settings.training.microBatch = 3
    let parts = try makeStep(settings)
    #expect(parts.step.plan.accumulation == 4)
    for _ in 0..<3 {
      let (first, second) = (try whole.step(), try parts.step())
      #expect(abs(first.loss - second.loss) <= 1e-6 * first.loss)
      #expect(abs(first.gradientNorm - second.gradientNorm) <= 1e-5 * first.gradientNorm)
    }
  }

  @Test func lossIsDenoisingPlusLambdaTimesPenalty() throws {
    let (step, state) = try makeStep(try settings())
    let summary = try step()
    #expect(summary.penalty > 0)
    #expect(abs(summary.loss - summary.denoising - 0.1 * summary.penalty) < 1e-7 * summary.loss)
    #expect(summary.step == 1 && summary.examples == 12)
    #expect(abs(summary.gradientNorm - Optimizer.gradientNorm(of: state)) < 1e-12)
  }

  @Test func nonfiniteStepTouchesNothingButTheCounters() throws {
    let (step, state) = try makeStep(try settings())
    _ = try step()
    state.parameters.values[0] = .nan
    let before = state.buffers.map { $0.values.map(\.bitPattern) }
    let summary = try step()
    #expect(summary.nonfiniteTerms.contains("dsm") && summary.nonfiniteTerms.contains("gradient"))
    #expect(state.buffers.map { $0.values.map(\.bitPattern) } == before)
    #expect(state.counters.step == 2 && state.counters.optimizerUpdates == 1)
    #expect(state.counters.consecutiveNonfinite == 1)
    state.parameters.values[0] = 0
    #expect(try step().nonfiniteTerms.isEmpty)
    #expect(state.counters.consecutiveNonfinite == 0)
  }

  @Test func tooManyNonfiniteStepsInARowNameStepAndTerms() throws {
    var settings = try settings()
    settings.training.nonfiniteLimit = 2
    let (step, state) = try makeStep(settings)
    state.parameters.values[0] = .nan
    _ = try step()
    _ = try step()
    let error = #expect(throws: TrainingError.self) { try step() }
    #expect(error?.description.hasPrefix("step 3: dsm, regularizer, gradient not finite") == true)
  }

  @Test func requestsToStopAreReportedAndTheStepIsDone() throws {
    let (step, state) = try makeStep(try settings())
    let summary = try step(isStopRequested: true)
    #expect(summary.isStopRequested && !summary.isTimeUp)
    #expect(try step(isTimeUp: true).isTimeUp)
    #expect(state.counters.optimizerUpdates == 2)
  }
}
