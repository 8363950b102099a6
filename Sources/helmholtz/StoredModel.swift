import ArgumentParser
import Checkpoints
import Evaluation
import Foundation
import MPI
import Networks
import RunConfiguration
import Training

/// Which weights of a run are used.
enum WeightChoice: String, ExpressibleByArgument, CaseIterable, Codable {
  /// Their moving average.
  case ema
  /// The optimizer's own.
  case raw

  /// The name of the buffer in a checkpoint.
  var buffer: String { self == .ema ? "ema" : "parameters" }
}

/// The model of a run folder with the weights of a checkpoint, on every rank.
struct StoredModel<Model> {
  let settings: RunSettings
  let model: Model
  let weights: ModelWeights
  let step: Int

  // The weights lie here.
  private let stored: StoredWeights

  /// Reads the settings of a run and the weights of one of its checkpoints, on every rank.
  ///
  /// `overrides` change settings for this command; `choice` says which weights; a `step` of nil
  /// stands for the newest intact checkpoint; `build` makes the model and names its network.
  fileprivate init(
    path: String, overrides: [String], weights choice: (RunSettings) -> WeightChoice, step: Int?,
    over world: Communicator, build: (RunSettings) throws -> (Model, any Parameterized)
  ) throws {
    let folder = RunFolder(path: path)
    let settings = try world.together { try folder.resolvedSettings(overrides: overrides) }
    let found = try world.fromRankZero { try folder.step(asked: step) }
    found.warnings.forEach(Session.warn)
    let (model, stored) = try world.together {
      let (model, network) = try build(settings)
      let checkpoint = try folder.checkpoints.checkpoint(ofStep: found.step)
      return (
        model,
        try StoredWeights(
          network.parameters, buffer: choice(settings).buffer, of: checkpoint)
      )
    }
    (self.settings, self.model, self.step) = (settings, model, found.step)
    self.stored = stored
    weights = ModelWeights(borrowing: stored.values)
  }
}

extension StoredModel where Model == DiffusionModel {
  /// Reads the score model of a run, on every rank.
  init(
    path: String, overrides: [String], weights choice: (RunSettings) -> WeightChoice, step: Int?,
    over world: Communicator
  ) throws {
    try self.init(
      path: path, overrides: overrides, weights: choice, step: step, over: world
    ) { settings in
      let model = try settings.diffusionModel()
      return (model, model.scoreModel.network)
    }
  }
}

extension StoredModel where Model == NoisyClassifier {
  /// Reads the classifier of a run, on every rank.
  init(
    classifierOf path: String, overrides: [String] = [],
    weights choice: (RunSettings) -> WeightChoice, step: Int? = nil, over world: Communicator
  ) throws {
    try self.init(
      path: path, overrides: overrides, weights: choice, step: step, over: world
    ) { settings in
      let model = try settings.noisyClassifier()
      return (model, model.classifier.network)
    }
  }
}

extension RunFolder {
  /// The settings of the run, changed for one command.
  func resolvedSettings(overrides: [String] = []) throws -> RunSettings {
    guard FileManager.default.fileExists(atPath: configurationFile.path) else {
      throw CheckpointError.missing(
        path: configurationFile.path, expected: "a run folder with the configuration of its run")
    }
    return try ResolvedSettings(configurationFile.path, overrides: overrides).settings
  }

  /// The step of a checkpoint that is intact, and what is wrong with newer ones.
  func step(asked: Int?) throws -> FoundStep {
    if let asked {
      if let problem = checkpoints.verify(step: asked).lazy.compactMap(\.problem).first {
        throw problem
      }
      return FoundStep(step: asked, warnings: [])
    }
    guard let newest = try checkpoints.newestIntact() else {
      throw checkpoints.hasNoCheckpoint
    }
    return FoundStep(
      step: newest.checkpoint.manifest.progress.step, warnings: newest.warnings)
  }
}

extension CheckpointStore {
  /// What to throw where a run has no checkpoint yet.
  var hasNoCheckpoint: CheckpointError {
    .missing(path: folder.path, expected: "at least one checkpoint of the run")
  }
}

/// A checkpoint that was found, told to all ranks.
struct FoundStep: Codable {
  let step: Int
  let warnings: [String]
}
