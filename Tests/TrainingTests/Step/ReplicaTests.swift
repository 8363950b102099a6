import Autodiff
import Checkpoints
import Datasets
import MPI
import Networks
import RunConfiguration
import Testing

@testable import Training

/// Any number of replicas makes the steps of one.
@Suite(.serialized) struct ReplicaTests {
  private static let environment = Result {
    let environment = try MPIEnvironment.start()
    environment.finalizeAtExit()
    return environment
  }

  private static func toy() throws -> RunSettings {
    try ResolvedSettings(
      "toy-8gaussians-qc", overrides: ["training.global_batch=12", "dataset.points=100"]
    ).settings
  }

  private static func smallNetwork() throws -> RunSettings {
    try ResolvedSettings(
      "fashion-mnist-qc",
      overrides: [
        "dataset.kind=idx", "dataset.path=.", "dataset.size=16", "dataset.flip=true",
        "model.width=16", "model.channel_multipliers=[1,2]", "model.residual_blocks=1",
        "model.attention_resolutions=[8]", "model.dropout=0.1", "training.global_batch=12",
        // Algorithms are chosen for each micro-batch, and they differ in rounding.
        "numerics.winograd=off",
      ]
    ).settings
  }

  private func makeStep(_ settings: RunSettings) throws -> (DataParallelStep, TrainingState) {
    let model = try settings.scoreModel()
    let state = TrainingState(model.network.parameters, seed: settings.seed)
    let examples: any Dataset =
      settings.dataset.isToy
      ? try settings.examples(.train)
      : RandomExamples(count: 30, shape: model.network.exampleShape.dimensions, seed: 3)
    let step = try DataParallelStep(
      settings, dataset: examples, state: state, over: try Self.environment.get().world)
    return (step, state)
  }

  /// Losses, penalties and norms of some steps.
  private func series(
    _ settings: RunSettings, steps: Int, replicas: Int, microBatch: Int? = nil
  ) throws -> [Double] {
    var settings = settings
    settings.numerics.replicas = replicas
    settings.training.microBatch = microBatch
    let (step, _) = try makeStep(settings)
    #expect(step.plan.replicas == replicas)
    return try (0..<steps).flatMap { _ in
      let summary = try step()
      return [
        summary.loss, summary["dsm"] ?? .nan, summary["regularizer"] ?? .nan, summary.gradientNorm,
      ]
    }
  }

  private func expectEqual(_ found: [Double], _ expected: [Double], _ what: String) {
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) {
      #expect(abs(found - expected) <= 1e-5 * abs(expected), "\(what)")
    }
  }

  @Test func stepsOfAToyAgree() throws {
    let one = try series(Self.toy(), steps: 20, replicas: 1)
    for replicas in [2, 3, 4] {
      let found = try series(Self.toy(), steps: 20, replicas: replicas)
      expectEqual(found, one, "\(replicas) replicas")
    }
    let accumulated = try series(Self.toy(), steps: 20, replicas: 2, microBatch: 3)
    expectEqual(accumulated, one, "2 replicas of 2 passes")
  }

  @Test func stepsOfANetworkOfConvolutionsAgree() throws {
    let one = try series(Self.smallNetwork(), steps: 4, replicas: 1)
    for replicas in [2, 3] {
      let found = try series(Self.smallNetwork(), steps: 4, replicas: replicas)
      expectEqual(found, one, "\(replicas) replicas")
    }
  }

  @Test("The same replicas repeat a run bit for bit")
  func repetitionIsExact() throws {
    var settings = try Self.toy()
    settings.numerics.replicas = 3
    let runs = try (0..<2).map { _ in
      let (step, state) = try makeStep(settings)
      for _ in 0..<10 { _ = try step() }
      return state.buffers.map { $0.values.map(\.bitPattern) }
    }
    #expect(runs[0] == runs[1])
  }

  @Test("A step that was restored is the one that would have come")
  func restoredStepsAreTheSame() throws {
    let (step, state) = try makeStep(Self.toy())
    for _ in 0..<3 { _ = try step() }
    let (counters, values) = (state.counters, state.buffers.map { Array($0.values) })
    let expected = try step()
    _ = try step()
    state.counters = counters
    for (buffer, values) in zip(state.buffers, values) {
      _ = buffer.values.update(fromContentsOf: values)
    }
    let again = try step()
    #expect(again.loss == expected.loss && again.gradientNorm == expected.gradientNorm)
  }

  @Test("An error of any replica is thrown, and the threads end")
  func errorsAreThrown() throws {
    struct Failure: Error {}
    let state = TrainingState(
      [Parameter(name: "w", shape: [4], initialization: .ones)], seed: 1)
    #expect(throws: Failure.self) {
      try ReplicaGroup(count: 3, state: state) { _ in throw Failure() }
    }
  }

  @Test("The trained values are split without gaps and overlaps", arguments: 1...5)
  func partsCoverAllValues(parts: Int) {
    let layout = ParameterLayout(
      [Parameter(name: "w", shape: [77], initialization: .ones)])
    let ranges = (0..<parts).map { layout.trainablePart($0, of: parts) }
    #expect(Array(ranges.joined()) == Array(0..<layout.trainableExtent))
  }

  @Test("A replica's share that micro-batches do not divide is refused")
  func indivisibleSharesAreRefused() throws {
    var settings = try Self.toy()
    settings.numerics.replicas = 5
    let error = #expect(throws: ConfigurationError.self) { try makeStep(settings) }
    #expect(error?.key == "numerics.replicas")
  }
}
