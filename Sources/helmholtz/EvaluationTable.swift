import Evaluation
import Foundation

extension EvaluationReport {
  /// The report as lines of text: one for each noise level, and the means.
  func table(of metrics: [EvaluationMetric]) -> [String] {
    let head = ["t", "sigma"] + metrics.flatMap { [$0.rawValue, "+-"] }
    let rows = levels.map { level in
      [number(level.time), number(level.std)] + cells(of: level.measures, metrics)
    }
    return aligned([head] + rows + [["mean", ""] + cells(of: mean, metrics)])
  }

  private func cells(of measures: Measures, _ metrics: [EvaluationMetric]) -> [String] {
    metrics.flatMap { metric -> [String] in
      guard let estimate = measures[metric] else { return ["-", "-"] }
      return [number(estimate.value), error(estimate.standardError)]
    }
  }
}

extension ClassifierReport {
  /// The report as lines of text, one for each noise level.
  var table: [String] {
    let head = ["t", "sigma", "accuracy", "+-", "cross_entropy", "+-"]
    let rows = levels.map { level in
      [number(level.time), number(level.std)]
        + [level.accuracy, level.crossEntropy].flatMap {
          [number($0.value), error($0.standardError)]
        }
    }
    return aligned([head] + rows)
  }
}

extension [ResidualLevel] {
  /// The curve as lines of text, one for each noise level.
  var table: [String] {
    let rows = map { level in
      [number(level.time)]
        + [level.residual, level.rate].flatMap { [number($0.value), error($0.standardError)] }
    }
    return aligned([["t", EvaluationMetric.residual.rawValue, "+-", "rate", "+-"]] + rows)
  }
}

/// Lines of a table whose columns are as wide as their widest cell.
func aligned(_ rows: [[String]]) -> [String] {
  let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    zip(row, widths).map { text, width in
      String(repeating: " ", count: width - text.count) + text
    }.joined(separator: "  ")
  }
}

private func number(_ value: Double) -> String { String(format: "%.4g", value) }

private func error(_ value: Double) -> String { String(format: "%.1e", value) }

extension EvaluationReport.Measures {
  /// The estimate of a metric, nil if it was not measured.
  subscript(metric: EvaluationMetric) -> Estimate? {
    switch metric {
    case .dsm: dsm
    case .asym: asymmetry
    case .weighted: weightedAsymmetry
    case .nasym: normalizedAsymmetry
    case .nll, .scoreError, .scoreErrorReference, .residual: nil
    }
  }
}
