import Autodiff
public import Datasets
public import Evaluation
import Networks
public import RunConfiguration

extension RunSettings {
  /// What an evaluation of the settings measures.
  ///
  /// - Parameters:
  ///   - available: The number of test examples.
  ///   - measuresRotation: Whether the asymmetry is measured beside the loss.
  /// - Returns: The plan, the same on any number of ranks.
  public func evaluationPlan(available: Int, measuresRotation: Bool = true) -> EvaluationPlan {
    let estimator: EvaluationPlan.Estimator =
      evaluation.estimator == .skew ? .skew : .reference
    let wanted = evaluation.examples == 0 ? available : evaluation.examples
    return EvaluationPlan(
      times: EvaluationPlan.times(
        count: evaluation.levels, epsilon: sde.timeEpsilon, estimator: estimator),
      examples: min(wanted, available), probes: evaluation.probes,
      measuresRotation: measuresRotation, estimator: estimator, seed: seed,
      unit: min(evaluation.batch, largestEvaluationUnit))
  }

  /// Reads the test examples and checks that the model takes them.
  ///
  /// - Returns: The examples.
  /// - Throws: `DatasetError` if a file is missing or damaged, ``TrainingError`` if the shape is
  ///   another than the model's, `NetworkError`.
  public func testExamples() throws -> any Dataset {
    let examples = try examples(.test)
    let expected = try scoreModel().network.exampleShape.dimensions
    guard examples.shape == expected else {
      throw TrainingError.unsuitableData(
        name: examples.name, found: examples.shape, expected: expected)
    }
    return examples
  }

  // Small enough that ranks share the work evenly.
  var largestEvaluationUnit: Int {
    model.kind == .ncsnpp ? max(1, largestMicroBatch / 2) : 500
  }
}
