/// Sums over examples of the terms of a loss, by name.
struct LossTerms: Sendable {
  private(set) var sums: [String: Double] = [:]

  /// The sum of a term; 0 for one that no example had.
  subscript(name: String) -> Double {
    get { sums[name, default: 0] }
    set { sums[name] = newValue }
  }

  static func += (sum: inout LossTerms, terms: LossTerms) {
    sum.sums.merge(terms.sums, uniquingKeysWith: +)
  }
}
