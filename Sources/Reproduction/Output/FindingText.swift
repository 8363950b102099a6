import Foundation

/// A finding as the cells of a printed table.
struct FindingText {
  let quantity: String
  let published: String
  let ours: String
  let agreement: String
  let note: String

  /// Prints a finding.
  ///
  /// - Parameters:
  ///   - finding: The finding.
  ///   - isQuick: Whether the experiment was shortened, so that nothing claims to agree.
  init(_ finding: Finding, isQuick: Bool) {
    quantity = finding.quantity
    published = finding.published.isEmpty ? "-" : finding.published
    ours = Self.ours(finding)
    agreement =
      switch finding.agrees {
      case nil: "-"
      case .some where isQuick: "quick"
      case true?: "yes"
      case false?: "NO"
      }
    note = finding.note
  }

  private static func ours(_ finding: Finding) -> String {
    let digits = if case .digits(_, let digits) = finding.expectation { digits } else { 4 }
    let mean = number(finding.mean, digits: digits)
    guard finding.values.count > 1 else { return mean }
    return "\(mean) +- \(number(finding.deviation, digits: 2)) (\(finding.values.count))"
  }

  /// A number to some significant digits; whole numbers as they are.
  private static func number(_ value: Double, digits: Int) -> String {
    if value == value.rounded(), abs(value) < 1e6 { return String(Int(value)) }
    let size = abs(value)
    guard size.isFinite, size < 1e-3 || size >= 1e5 else {
      let decimals = size.isFinite ? max(0, digits - 1 - Int(log10(size).rounded(.down))) : 0
      return String(format: "%.\(decimals)f", value)
    }
    return String(format: "%.\(digits - 1)e", value)
      .replacingOccurrences(of: "e-0", with: "e-").replacingOccurrences(of: "e+0", with: "e+")
  }
}
