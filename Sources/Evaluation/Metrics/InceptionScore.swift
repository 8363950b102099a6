public import Execution
import Foundation

/// The Inception score of class logits.
///
/// `exp E KL(p(y|x) | p(y))` over consecutive parts of the examples (Salimans et al. 2016,
/// section 4).
public struct InceptionScore: Sendable, Equatable {
  /// The score of each part.
  public let parts: [Double]

  /// The mean over the parts.
  public var mean: Double { parts.reduce(0, +) / Double(parts.count) }

  /// The standard deviation over the parts, with their number as the divisor as is customary.
  public var deviation: Double { populationDeviation(parts) }

  /// Computes the score.
  ///
  /// - Parameters:
  ///   - logits: One row for each example, one column for each class.
  ///   - parts: The number of consecutive parts of about equal size.
  public init(logits: DenseMatrix, parts: Int = 1) {
    precondition(
      parts >= 1 && logits.rows >= parts, "\(logits.rows) examples in \(parts) parts")
    self.parts = (0..<parts).map { part in
      let rows = logits.rows * part / parts..<logits.rows * (part + 1) / parts
      return score(logits.rows(rows))
    }
  }
}

private func score(_ logits: DenseMatrix) -> Double {
  let (count, classes) = (logits.rows, logits.columns)
  var marginal = [Double](repeating: 0, count: classes)
  var negativeEntropy = 0.0
  for row in 0..<count {
    let logProbabilities = logSoftmax(logits.values[row * classes..<(row + 1) * classes])
    for (index, value) in logProbabilities.enumerated() {
      let probability = exp(value)
      marginal[index] += probability / Double(count)
      // A class whose probability underflows adds 0, not 0 times infinity.
      if probability > 0 { negativeEntropy += probability * value / Double(count) }
    }
  }
  return exp(negativeEntropy - marginal.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 })
}

private func logSoftmax(_ logits: ArraySlice<Double>) -> [Double] {
  let largest = logits.max() ?? 0
  let total = log(logits.reduce(0) { $0 + exp($1 - largest) }) + largest
  return logits.map { $0 - total }
}

/// The standard deviation with the number of values as the divisor.
func populationDeviation(_ values: [Double]) -> Double {
  let mean = values.reduce(0, +) / Double(values.count)
  let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (squares / Double(values.count)).squareRoot()
}
