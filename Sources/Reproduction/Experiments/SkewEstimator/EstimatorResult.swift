import Evaluation
import Scores

/// What came of training on with one estimator.
struct EstimatorTraining: Codable {
  let title: String
  /// Means over noise levels of test examples; on rank 0 and where it was broadcast.
  let measures: EvaluationReport.Measures?
  /// The penalty over the steps, as its own estimator sees it.
  let penalty: [CurvePoint]
  /// Examples per second over the steps.
  let rate: [CurvePoint]
  let batch: Int

  /// The median time of a step.
  var stepSeconds: Double {
    let rates = rate.map(\.value).sorted()
    return rates.isEmpty ? 0 : Double(batch) / rates[rates.count / 2]
  }
}

/// All numbers of one network and seed.
struct EstimatorResult {
  let task: EstimatorCase
  /// By the names of the estimators: at the start, and after training with the skew form.
  let noise: [[String: EstimatorNoise]]
  let trainings: [EstimatorTraining]

  /// The training with a choice.
  func training(_ choice: EstimatorChoice) -> EstimatorTraining? {
    trainings.first { $0.title == choice.title }
  }
}
