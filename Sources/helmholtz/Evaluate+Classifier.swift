import Datasets
import Evaluation
import Foundation
import MPI
import RunConfiguration
import Training

extension Evaluate {
  /// Whether the run trains a classifier; every rank must call this.
  func isClassifier(over world: Communicator) throws -> Bool {
    try world.fromRankZero {
      try RunFolder(path: folder).resolvedSettings().classifier.isTrained
    }
  }

  /// Measures accuracy and cross-entropy of a classifier against the noise level; every rank must
  /// call this.
  func evaluateClassifier(over world: Communicator) throws {
    let stored = try StoredModel(
      classifierOf: folder, overrides: changes.overrides, weights: weights(in:), step: step,
      over: world)
    let settings = stored.settings
    let data = try world.together { try settings.testExamples() }
    let report = try classify(
      stored.model, weights: stored.weights,
      plan: settings.evaluationPlan(available: data.count, measuresRotation: false), data: data,
      isCentred: data.isImages && settings.model.centered, options: settings.compileOptions,
      over: world)
    _ = try world.fromRankZero {
      guard let report else { return false }
      print(
        "\(settings.name), step \(stored.step), \(weights(in: settings).rawValue) weights, "
          + "\(report.examples) examples of \(data.name)")
      report.table.forEach { print($0) }
      if let json { try write(report, to: json) }
      return true
    }
  }
}
