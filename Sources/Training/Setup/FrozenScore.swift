import Checkpoints
import Foundation
public import MPI
public import Networks
public import RunConfiguration
import Scores

/// The trained score model that a classifier's objective takes the score of the prior from.
///
/// Its weights are read once and never change. A run that is continued reads them again: name the
/// step (`classifier.score_step`) if the other run may still go on.
public final class FrozenScore {
  /// The model.
  public let model: ScoreModel

  /// The memory of its parameters, by the names of a training program's inputs.
  let bindings: [String: UnsafeMutableBufferPointer<Float>]

  private let weights: StoredWeights

  /// Reads the score model that a classifier's run names; every rank must call this.
  ///
  /// - Parameters:
  ///   - settings: The settings of the classifier's run.
  ///   - communicator: The ranks of the run.
  /// - Returns: The model with its weights; nil if the objective needs none.
  /// - Throws: ``SharedFailure`` if the other run has no intact checkpoint or was trained for other
  ///   data or noise, `MPIError`.
  public static func named(
    by settings: RunSettings, over communicator: Communicator
  ) throws -> FrozenScore? {
    guard settings.classifier.needsScore, let path = settings.classifier.scoreRun else {
      return nil
    }
    let store = RunFolder(path: path).checkpoints
    let step = try communicator.fromRankZero {
      _ = try settings.priorModel()
      let newest = try store.newestIntact()?.checkpoint.manifest.progress.step
      guard let step = settings.classifier.scoreStep ?? newest else {
        throw TrainingError.unsuitableScoreRun(
          path: path, found: "no intact checkpoint", expected: "a trained score model")
      }
      return step
    }
    return try communicator.together {
      try settings.priorModel().map { model in
        try FrozenScore(
          model, buffer: settings.classifier.scoreWeights == .ema ? "ema" : "parameters",
          of: store.checkpoint(ofStep: step))
      }
    }
  }

  private init(_ model: ScoreModel, buffer: String, of checkpoint: Checkpoint) throws {
    let weights = try StoredWeights(model.network.parameters, buffer: buffer, of: checkpoint)
    self.model = model
    self.weights = weights
    bindings = Dictionary(
      uniqueKeysWithValues: weights.values.map { (ProgramInput.prior($0.key), $0.value) })
  }
}

extension RunSettings {
  /// The score model of the run that a classifier's objective names, without weights.
  ///
  /// - Returns: The model; nil if the objective needs none.
  /// - Throws: ``TrainingError`` if there is no such run, or it was trained for other data or
  ///   noise; `ConfigurationError`, `NetworkError`.
  public func priorModel() throws -> ScoreModel? {
    guard classifier.needsScore, let path = classifier.scoreRun else { return nil }
    guard let other = try RunFolder(path: path).settings() else {
      throw TrainingError.unsuitableScoreRun(
        path: path, found: "no configuration", expected: "the run folder of a score model")
    }
    func require(_ condition: Bool, _ found: String, _ expected: String) throws {
      guard !condition else { return }
      throw TrainingError.unsuitableScoreRun(path: path, found: found, expected: expected)
    }
    try require(!other.classifier.isTrained, "a classifier", "a score model")
    try require(
      other.dataset.kind == dataset.kind && other.dataset.size == dataset.size,
      "dataset \(other.dataset.kind.rawValue) of size \(other.dataset.size)",
      "that of this run, \(dataset.kind.rawValue) of size \(dataset.size)")
    try require(
      other.dataset.only == nil, "dataset.class \(other.dataset.only ?? 0)", "all classes")
    try require(
      other.model.centered == model.centered, "model.centered \(other.model.centered)",
      "\(model.centered), as in this run")
    try require(
      try other.process().isEqual(to: process()), "another process than sde of this run",
      "the same noise")
    return try other.scoreModel()
  }
}

extension SDE {
  // All that a program's inputs are made of.
  fileprivate func isEqual(to other: any SDE) -> Bool {
    name == other.name
      && [0.1, 0.5, 1].allSatisfy {
        std(at: $0) == other.std(at: $0) && meanFactor(at: $0) == other.meanFactor(at: $0)
      }
  }
}
