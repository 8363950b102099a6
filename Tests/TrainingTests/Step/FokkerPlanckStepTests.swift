import Checkpoints
import MPI
import Networks
import RunConfiguration
import Testing
import Training

/// Steps with the score Fokker-Planck penalty and other forms of score matching, on one rank.
@Suite(.serialized) struct FokkerPlanckStepTests {
  private static let environment = Result {
    let environment = try MPIEnvironment.start()
    environment.finalizeAtExit()
    return environment
  }

  private func summaries(_ overrides: [String], steps: Int = 3) throws -> [StepSummary] {
    let small = [
      "training.global_batch=12", "dataset.points=100", "model.width=16",
      "optimizer.warmup_steps=0",
    ]
    let settings = try ResolvedSettings("toy-mixture-fpe", overrides: small + overrides).settings
    let model = try settings.scoreModel()
    let state = TrainingState(model.network.parameters, seed: settings.seed)
    let step = try DataParallelStep(
      settings, dataset: try settings.trainingExamples(for: model.network), state: state,
      over: try Self.environment.get().world)
    return try (0..<steps).map { _ in try step() }
  }

  // The norm over the global batch must not depend on how the batch is split.
  @Test(arguments: [
    ["training.micro_batch=3"], ["numerics.replicas=3"],
    ["numerics.replicas=2", "training.micro_batch=2"],
  ])
  func normOverTheGlobalBatchDoesNotDependOnItsSplit(_ split: [String]) throws {
    let settings = ["regularizer.scalar_weight=0.1"]
    let (whole, parts) = (try summaries(settings), try summaries(settings + split))
    for (first, second) in zip(whole, parts) {
      for name in ["dsm", "fpe", "fpe_scalar"] {
        let (one, other) = (try #require(first[name]), try #require(second[name]))
        #expect(one > 0 && abs(one - other) <= 1e-5 * one, "\(name)")
      }
      #expect(abs(first.gradientNorm - second.gradientNorm) <= 1e-5 * first.gradientNorm)
    }
    let sum = whole[0]
    let expected =
      (sum["dsm"] ?? 0) + 3e-3 * (sum["fpe"] ?? 0) + 0.1 * (sum["fpe_scalar"] ?? 0)
    #expect(abs(sum.loss - expected) < 1e-6 * sum.loss)
  }

  @Test func stepsBetweenPenaltiesHaveNoNorm() throws {
    let series = try summaries(
      ["regularizer.scalar_weight=0.1", "regularizer.every=2", "regularizer.fraction=0.5"])
    #expect(series.map { $0["fpe_scalar"] != nil } == [false, true, false])
  }

  @Test(arguments: [("ssm", 2), ("ism", 1)])
  func otherFormsOfScoreMatchingTrain(kind: String, projections: Int) throws {
    let series = try summaries([
      "objective.kind=\(kind)", "objective.projections=\(projections)",
      "regularizer.divergence=probes", "regularizer.paired_probes=true",
    ])
    #expect(series[0].terms.map(\.name) == [kind, "fpe"])
    #expect(series.allSatisfy { $0.nonfiniteTerms.isEmpty && $0.gradientNorm > 0 })
  }

  @Test(arguments: ["vp", "subvp"]) func processesWithDriftTrain(process: String) throws {
    // At 1e-5 the score and its residual are large, yet finite.
    let series = try summaries([
      "sde.kind=\(process)", "regularizer.time_derivative=stencil", "regularizer.gradient=nested",
      "regularizer.exponent=1",
    ])
    #expect(series.allSatisfy { $0.nonfiniteTerms.isEmpty })
  }
}
