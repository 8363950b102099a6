import RunConfiguration
import Testing

@Suite("Differences of settings")
struct DifferenceTests {
  @Test("Equal settings have no differences, and every changed key is listed in order")
  func changedKeysAreListed() {
    var changed = RunSettings()
    #expect(RunSettings.differences(between: RunSettings(), and: changed).isEmpty)
    changed.training.maxMinutes = 3
    changed.seed = 4
    #expect(
      RunSettings.differences(between: RunSettings(), and: changed).map(\.description)
        == ["seed: 1 -> 4", "training.max_minutes: null -> 3.0"])
  }

  @Test("Length, rhythm, place of the data, communication and replicas may change on resume")
  func rhythmMayChange() {
    var changed = RunSettings()
    changed.name = "continued"
    changed.dataset.path = "/elsewhere"
    changed.training.steps += 1
    changed.training.microBatch = 2
    changed.training.checkpointEvery += 1
    changed.training.sampleEvery += 1
    changed.training.logEvery += 1
    changed.training.maxMinutes = 3
    changed.checkpoint.keepLast += 1
    changed.sampling.sampler = .ode
    changed.evaluation.levels += 1
    changed.communication.transport = .bfloat16
    changed.communication.rounding = .nearest
    changed.dataParallel.mode = .sharded
    changed.dataParallel.localSteps = 4
    changed.dataParallel.outerLearningRate = 1
    changed.dataParallel.outerMomentum = 0.5
    changed.numerics.replicas = 2
    #expect(changed.differencesThatForbidResume(from: RunSettings()).isEmpty)
  }

  @Test("Seed, data, model, noise, loss, optimizer, averaging and batch may not")
  func identityMayNotChange() {
    var changed = RunSettings()
    changed.seed += 1
    changed.dataset.flip.toggle()
    changed.model.width *= 2
    changed.sde.sigmaMax = 60
    changed.objective.reduction = .mean
    changed.regularizer.weight = 1
    changed.optimizer.learningRate *= 2
    changed.ema.decay = 0.5
    changed.training.globalBatch *= 2
    changed.training.steps += 1
    changed.numerics.winograd = .off
    #expect(
      changed.differencesThatForbidResume(from: RunSettings()).map(\.key) == [
        "seed", "dataset.flip", "model.width", "sde.sigma_max", "objective.reduction",
        "regularizer.weight", "optimizer.learning_rate", "ema.decay", "training.global_batch",
        "numerics.winograd",
      ])
  }
}
