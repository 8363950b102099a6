import Foundation

/// One measured quantity beside what was published of it.
public struct Finding: Sendable, Codable {
  /// What our figure is held against.
  public enum Expectation: Sendable, Codable, Hashable {
    /// Nothing was published; the figure stands alone.
    case none
    /// Equal to this many significant digits.
    case digits(Double, Int)
    /// Within a published interval, widened by our own standard error.
    case within(Double, spread: Double)
    /// Within a factor of the published value.
    case factor(Double, of: Double)
    /// No more than this.
    case atMost(Double)
    /// No less than this.
    case atLeast(Double)
  }

  /// What was measured, such as `8-Gaussian, QC: NAsym`.
  public var quantity: String
  /// One value for each seed.
  public var values: [Double]
  /// What they are held against.
  public var expectation: Expectation
  /// The value as it was published, as text; empty if none was.
  public var published: String
  /// What must be known about this row; empty if nothing.
  public var note: String

  /// Makes a row.
  public init(
    _ quantity: String, _ values: [Double], expectation: Expectation = .none,
    published: String = "", note: String = ""
  ) {
    precondition(!values.isEmpty, "no value of \(quantity)")
    self.quantity = quantity
    self.values = values
    self.expectation = expectation
    self.published = published
    self.note = note
  }

  /// The mean over seeds.
  public var mean: Double { values.reduce(0, +) / Double(values.count) }

  /// The standard deviation over seeds; 0 for one seed.
  public var deviation: Double {
    guard values.count > 1 else { return 0 }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// The standard error of the mean.
  public var standardError: Double { deviation / Double(values.count).squareRoot() }

  /// Whether the mean meets the expectation; nil where there is none.
  public var agrees: Bool? {
    switch expectation {
    case .none: nil
    case .digits(let value, let digits):
      // Half a unit of the last digit that was printed.
      abs(mean - value) <= 0.5 * unit(ofDigit: digits, of: value) * (1 + 1e-9)
    case .within(let value, let spread): abs(mean - value) <= spread + standardError
    case .factor(let value, let factor): mean <= value * factor && mean >= value / factor
    case .atMost(let bound): mean <= bound
    case .atLeast(let bound): mean >= bound
    }
  }

  private func unit(ofDigit digits: Int, of value: Double) -> Double {
    guard value != 0 else { return 1e-12 }
    return pow(10, (log10(abs(value))).rounded(.down) - Double(digits - 1))
  }
}
