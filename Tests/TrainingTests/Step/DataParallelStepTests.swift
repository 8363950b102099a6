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
      settings, dataset: try settings.trainingExamples(for: model.network), state: state,
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
    let penalty = try #require(summary["regularizer"])
    let denoising = try #require(summary["dsm"])
    #expect(penalty > 0)
    #expect(abs(summary.loss - denoising - 0.1 * penalty) < 1e-7 * summary.loss)
    #expect(summary.step == 1 && summary.examples == 12)
    #expect(abs(summary.gradientNorm - Optimizer.gradientNorm(of: state)) < 1e-12)
  }

  @Test func stepsBetweenPenaltiesHaveTheDenoisingLossAlone() throws {
    var settings = try settings()
    settings.regularizer.every = 3
    let (step, _) = try makeStep(settings)
    settings.training.microBatch = 3
    let (parts, _) = try makeStep(settings)
    for number in 1...6 {
      let (summary, accumulated) = (try step(), try parts())
      #expect((summary["regularizer"] != nil) == [3, 6].contains(number))
      let penalty = summary["regularizer"] ?? 0
      let denoising = try #require(summary["dsm"])
      #expect(abs(summary.loss - denoising - 0.1 * penalty) <= 1e-7 * summary.loss)
      #expect(abs(summary.loss - accumulated.loss) <= 1e-5 * summary.loss)
      #expect(
        abs(summary.gradientNorm - accumulated.gradientNorm) <= 1e-4 * summary.gradientNorm)
    }
    settings.regularizer.kind = .none
    #expect(try makeStep(settings).step().terms.map(\.name) == ["dsm"])
  }

  @Test func gradientOfAStepWithThePenaltyHasItAsManyTimes() throws {
    func gradients(_ change: (inout RegularizerSettings) -> Void) throws -> [Float] {
      var settings = try settings()
      // So that the penalty's part is not lost in the rounding of the other.
      settings.regularizer.weight = 100
      change(&settings.regularizer)
      let (step, state) = try makeStep(settings)
      // The second step has the penalty; what it sees is a function of its number alone.
      state.counters.step = 1
      _ = try step()
      return Array(state.gradients.values)
    }
    let (full, dsm) = (try gradients { _ in }, try gradients { $0.kind = .none })
    let lazy = try gradients { $0.every = 2 }
    let largest = zip(full, dsm).map { abs($0 - $1) }.max() ?? 0
    let worst = full.indices.map { index in
      abs(lazy[index] - dsm[index] - 2 * (full[index] - dsm[index]))
    }.max()
    #expect(largest > 0.1)
    #expect((worst ?? .infinity) < 1e-5 * largest)
  }

  @Test func dryRunPlansForBothPrograms() throws {
    var settings = try settings()
    let plain = try RunPlan(settings, ranks: 1)
    settings.regularizer.every = 2
    let lazy = try RunPlan(settings, ranks: 1)
    #expect(plain.kernelCounts.count == 1 && lazy.kernelCounts.count == 2)
    #expect(lazy.kernelCounts[0] == plain.kernelCounts[0])
    #expect(lazy.kernelCounts[1] < lazy.kernelCounts[0] && lazy.workBytes > plain.workBytes)
  }

  @Test func fractionWithoutAnExampleIsAnErrorOfTheConfiguration() throws {
    var settings = try settings()
    settings.training.microBatch = 3
    settings.regularizer.fraction = 0.16
    let error = #expect(throws: ConfigurationError.self) { try makeStep(settings) }
    #expect(
      error?.description == "regularizer.fraction: found 0.16, expected at least 1 / 6, for one "
        + "example of each micro-batch of 3")
    settings.regularizer.fraction = 0.17
    #expect(try makeStep(settings).step()["regularizer"] != nil)
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
