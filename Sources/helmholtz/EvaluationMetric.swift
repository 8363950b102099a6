import ArgumentParser
import RunConfiguration

/// What `evaluate` can measure.
enum EvaluationMetric: String, CaseIterable {
  /// The denoising loss.
  case dsm
  /// Half the squared norm of the Jacobian's antisymmetric part J - J^T.
  case asym
  /// The same, weighted by the variance of the noise.
  case weighted = "asym_weighted"
  /// A quarter of the squared norm of J - J^T over that of J.
  case nasym
  /// The negative log-likelihood by the probability flow.
  case nll
  /// The squared distance from the exact score of the noisy points.
  case scoreError = "score_error"
  /// The same in the form of the implementation of Chao et al. 2023.
  case scoreErrorReference = "score_error_reference"

  /// The residual of the score Fokker-Planck equation at each noise level.
  case residual = "fpe_residual"

  /// The metrics of the table of noise levels, which are measured if nothing is said.
  static let ofLevels: [EvaluationMetric] = [.dsm, .asym, .weighted, .nasym]

  /// The names for messages and the command line.
  static func names(_ metrics: [EvaluationMetric]) -> String {
    metrics.map(\.rawValue).joined(separator: ",")
  }

  /// Whether the Jacobian's products are needed for it.
  var measuresRotation: Bool { Self.ofLevels.contains(self) && self != .dsm }
}

extension RunSettings {
  /// Checks that metrics can be measured of a model.
  ///
  /// - Parameter metrics: What is asked for.
  /// - Throws: `ValidationError` where the Parzen score of images is asked for.
  func requireSupport(for metrics: [EvaluationMetric]) throws {
    for metric in [EvaluationMetric.scoreError, .scoreErrorReference]
    where metrics.contains(metric) && !dataset.isToy {
      throw ValidationError(
        "--metrics: found \(metric.rawValue), expected other metrics, since dataset.kind is"
          + " \(dataset.kind.rawValue) and the Parzen score is for points of the plane")
    }
  }
}
