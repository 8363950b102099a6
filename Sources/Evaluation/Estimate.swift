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

  /// The mean of examples of which only sums are known.
  init(sum: Double, ofSquares squares: Double, count: Int) {
    let mean = sum / Double(count)
    let variance = count > 1 ? max(0, squares - sum * mean) / Double(count - 1) : 0
    self.init(value: mean, standardError: (variance / Double(count)).squareRoot())
  }

  enum CodingKeys: String, CodingKey {
    case value
    case standardError = "standard_error"
  }
}

/// An estimate with its first-order dependence on each of n independent examples.
///
/// The delta method: an example's deviation is how far it moves the estimate, times n. Estimates
/// over the same examples can be averaged without losing what they have in common.
struct Statistic {
  let value: Double
  /// One for each example; their mean is 0.
  let deviations: [Double]

  init(value: Double, deviations: [Double]) {
    self.value = value
    self.deviations = deviations
  }

  /// The mean of the examples.
  init(meanOf examples: [Double]) {
    let mean = examples.reduce(0, +) / Double(examples.count)
    self.init(value: mean, deviations: examples.map { $0 - mean })
  }

  /// The ratio R of two means; example i moves it by `(a_i - R b_i) / mean(b)`.
  ///
  /// A ratio of means is consistent, a mean of ratios is not. It is 0 where the denominators are.
  init(ratioOf numerators: [Double], over denominators: [Double]) {
    let mean = denominators.reduce(0, +) / Double(denominators.count)
    guard mean != 0 else {
      self.init(value: 0, deviations: denominators.map { _ in 0 })
      return
    }
    let ratio = numerators.reduce(0, +) / Double(numerators.count) / mean
    self.init(
      value: ratio,
      deviations: zip(numerators, denominators).map { ($0 - ratio * $1) / mean })
  }

  /// The mean of statistics of the same examples.
  init(meanOf statistics: [Statistic]) {
    let share = 1 / Double(statistics.count)
    var deviations = [Double](repeating: 0, count: statistics[0].deviations.count)
    for statistic in statistics {
      for index in deviations.indices { deviations[index] += share * statistic.deviations[index] }
    }
    self.init(
      value: statistics.reduce(0) { $0 + $1.value } * share, deviations: deviations)
  }

  func scaled(by factor: Double) -> Statistic {
    Statistic(value: factor * value, deviations: deviations.map { factor * $0 })
  }

  var estimate: Estimate {
    let count = Double(deviations.count)
    let squares = deviations.reduce(0) { $0 + $1 * $1 }
    return Estimate(
      value: value,
      standardError: count > 1 ? (squares / (count - 1) / count).squareRoot() : 0)
  }
}
