import Foundation

/// Where an axis has marks, and what stands beside them.
struct AxisTicks {
  /// A mark with its text.
  struct Mark: Equatable {
    let value: Double
    let text: SVGText
  }

  /// The marks with texts, in order.
  let major: [Mark]
  /// The marks without, in order.
  let minor: [Double]

  /// Chooses marks.
  ///
  /// - Parameters:
  ///   - range: The values from end to end; positive on a logarithmic axis.
  ///   - scale: How values become lengths.
  ///   - count: About how many marks there is room for.
  init(_ range: ClosedRange<Double>, scale: Axis.Scale, count: Int) {
    self =
      switch scale {
      case .linear: .linear(range, count: count)
      case .logarithmic: .logarithmic(range, count: count)
      }
  }

  private init(major: [Mark], minor: [Double]) {
    self.major = major
    self.minor = minor
  }

  private static func linear(_ range: ClosedRange<Double>, count: Int) -> AxisTicks {
    let span = range.upperBound - range.lowerBound
    let step = roundStep(span / Double(max(count, 1)))
    // The last digit of the ends is rounding.
    let slack = span * 1e-9
    let first = Int(((range.lowerBound - slack) / step).rounded(.up))
    let last = Int(((range.upperBound + slack) / step).rounded(.down))
    let values = (first...max(first, last)).map { Double($0) * step }
    let power = sharedPower(of: values, step: step)
    let decimals = decimals(of: step / pow(10, Double(power)))
    let marks = values.map {
      Mark(value: $0, text: text(of: $0, power: power, decimals: decimals))
    }
    return AxisTicks(major: marks, minor: [])
  }

  // Powers of ten only, and the numbers between them where there is room.
  private static func logarithmic(_ range: ClosedRange<Double>, count: Int) -> AxisTicks {
    let slack = 1e-9
    let first = Int((log10(range.lowerBound) - slack).rounded(.up))
    let last = Int((log10(range.upperBound) + slack).rounded(.down))
    guard last > first else {
      // Within one power of ten the numbers themselves are marked.
      return linear(range, count: min(count, 3))
    }
    let stride = max(1, Int((Double(last - first) / Double(max(count, 1))).rounded(.up)))
    let marks = Swift.stride(from: first, through: last, by: stride).map { exponent in
      Mark(value: pow(10, Double(exponent)), text: .power(of: exponent))
    }
    let between = stride == 1 ? Array(2...9) : []
    let minor = ((first - 1)...last).flatMap { exponent in
      between.map { Double($0) * pow(10, Double(exponent)) }
    }.filter { range.contains($0) }
    return AxisTicks(major: marks, minor: minor)
  }

  /// The next larger of 1, 2, 2.5 and 5 times a power of ten.
  private static func roundStep(_ step: Double) -> Double {
    let unit = pow(10, log10(step).rounded(.down))
    let factor = [1, 2, 2.5, 5, 10].first { $0 * unit >= step * (1 - 1e-9) } ?? 10
    return factor * unit
  }

  /// The power of ten that very small or large numbers have in common; 0 for others.
  private static func sharedPower(of values: [Double], step: Double) -> Int {
    let largest = values.map(abs).max() ?? 0
    guard largest > 0 else { return 0 }
    let power = Int(log10(largest).rounded(.down))
    return (-3...4).contains(power) ? 0 : power
  }

  /// The fewest decimals that show a step as it is.
  private static func decimals(of step: Double) -> Int {
    (0..<12).first { digits in
      let scaled = step * pow(10, Double(digits))
      return abs(scaled - scaled.rounded()) < 1e-6 * scaled
    } ?? 12
  }

  private static func text(of value: Double, power: Int, decimals: Int) -> SVGText {
    if power == 0 || value == 0 {
      return .plain(minus(String(format: "%.\(value == 0 ? 0 : decimals)f", value)))
    }
    let mantissa = String(format: "%.\(decimals)f", value / pow(10, Double(power)))
    return .product(minus(mantissa), power: power)
  }

  // A hyphen is too short beside digits.
  private static func minus(_ text: String) -> String {
    text.replacingOccurrences(of: "-", with: "\u{2212}")
  }
}
