/// Sums over examples of the terms of a loss, by name, and of statistics over a batch.
struct LossTerms: Sendable {
  private(set) var sums: [String: Double] = [:]
  /// The batch's parts of all running statistics, one after the other; empty if there are none.
  var statistics: [Double] = []

  /// The sum of a term; 0 for one that no example had.
  subscript(name: String) -> Double {
    get { sums[name, default: 0] }
    set { sums[name] = newValue }
  }

  static func += (sum: inout LossTerms, terms: LossTerms) {
    sum.sums.merge(terms.sums, uniquingKeysWith: +)
    sum.add(statistics: terms.statistics)
  }

  /// Adds statistics of further examples.
  mutating func add(statistics more: [Double]) {
    statistics = statistics.isEmpty ? more : zip(statistics, more).map(+)
  }
}
