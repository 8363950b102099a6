import Checkpoints
import Evaluation
import Foundation
import MPI
import Networks
import RunConfiguration
import Scores
import Training

/// The trained networks of one seed, read from the checkpoints of their runs.
struct MoonsModels {
  let context: ExperimentContext
  let seed: Int
  let length: MoonsLength

  /// The settings of a run of the seed.
  func settings(_ run: MoonsRun) throws -> RunSettings {
    try run.settings(
      seed: seed, length,
      scoreRun: context.runFolder(MoonsRun.score.name(seed: seed)).path)
  }

  /// Trains a network of the seed, if it is not trained yet; every rank must call this.
  func train(_ run: MoonsRun) throws {
    _ = try context.train(try settings(run), as: run.name(seed: seed))
  }

  /// The time of the process at which the noise has the standard deviation of the comparison.
  func time(of std: Double) throws -> Double {
    let sde = try settings(.score).sde
    return log(std / sde.sigmaMin) / log(sde.sigmaMax / sde.sigmaMin)
  }

  /// The score of a run after its last step.
  func score(_ run: MoonsRun, batch: Int) throws -> BatchScore {
    let model = try settings(run).diffusionModel()
    let weights = try weights(run, step: length.steps)
    let compiled = try CompiledScore(model, weights: weights.model, batch: batch)
    return { states, time, scores in
      _ = weights.stored
      try compiled.score(states, time, &scores)
    }
  }

  /// The likelihood score of a class by a classifier after a step.
  func likelihoodScore(_ run: MoonsRun, step: Int, label: Int, batch: Int) throws -> BatchScore {
    let weights = try weights(run, step: step)
    let compiled = try CompiledClassifier(
      settings(run).noisyClassifier(), weights: weights.model, batch: batch)
    let score = compiled.likelihoodScore(ofClass: label)
    return { states, time, scores in
      _ = weights.stored
      try score(states, time, &scores)
    }
  }

  /// Accuracy and cross-entropy of a classifier after a step, on rank 0; every rank must call this.
  func report(_ run: MoonsRun, step: Int) throws -> ClassifierReport? {
    let settings = try settings(run)
    let weights = try weights(run, step: step)
    let data = EveryNth(try settings.testExamples(), count: length.examples)
    let report = try classify(
      settings.noisyClassifier(), weights: weights.model,
      plan: EvaluationPlan(
        times: EvaluationPlan.times(count: length.levels, epsilon: 0), examples: data.count,
        seed: 1, unit: 5000),
      data: data, over: context.world)
    return withExtendedLifetime(weights.stored) { report }
  }

  private func weights(
    _ run: MoonsRun, step: Int
  ) throws -> (stored: StoredWeights, model: ModelWeights) {
    let network = try settings(run).trainingSubject().network
    let stored = try StoredWeights(
      network.parameters, buffer: "parameters",
      of: context.runFolder(run.name(seed: seed)).checkpoints.checkpoint(ofStep: step))
    return (stored, ModelWeights(borrowing: stored.values))
  }
}
