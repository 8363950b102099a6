/// A mean over examples and how uncertain it is.
public struct Estimate: Sendable, Equatable, Codable {
  /// The mean.
  public var value: Double
  /// The standard deviation of the mean; 0 for a single example.
  public var standardError: Double

  /// Makes an estimate from known numbers.
  public init(value: Double, standardError: Double) {
    self.value = value
    self.standardError = standardError
  }

  /// The mean of independent examples.
  ///
  /// - Parameter examples: One number for each, at least one.
  public init(meanOf examples: [Double]) {
    let count = Double(examples.count)
    let mean = examples.reduce(0, +) / count
    self.init(value: mean, deviations: examples.map { $0 - mean })
  }

  /// An estimate whose first-order dependence on each example is known.
  ///
  /// - Parameters:
  ///   - value: The estimate.
  ///   - deviations: How far each of n examples moves the estimate, times n; their mean is 0.
  init(value: Double, deviations: [Double]) {
    let count = Double(deviations.count)
    let squares = deviations.reduce(0) { $0 + $1 * $1 }
    self.value = value
    standardError = count > 1 ? (squares / (count - 1) / count).squareRoot() : 0
  }
}

/// A ratio of two means over the same examples, with its error by the delta method.
///
/// The ratio of means is consistent, a mean of ratios is not. To first order example i moves the
/// ratio R by `(a_i - R b_i) / mean(b)` over n.
struct RatioOfMeans {
  let value: Double
  let deviations: [Double]

  init(_ numerators: [Double], over denominators: [Double]) {
    let top = numerators.reduce(0, +)
    let bottom = denominators.reduce(0, +)
    let ratio = bottom == 0 ? 0 : top / bottom
    let mean = bottom / Double(denominators.count)
    value = ratio
    deviations = zip(numerators, denominators).map { pair in
      mean == 0 ? 0 : (pair.0 - ratio * pair.1) / mean
    }
  }
}
