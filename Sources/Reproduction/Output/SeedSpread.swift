public import Charts

/// What several seeds give for the same quantity.
public struct SeedSpread: Sendable, Hashable {
  private let sorted: [Double]

  /// Collects one value for each seed, at least one.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "a spread over no seeds")
    sorted = values.sorted()
  }

  /// The middle value.
  public var median: Double { quantile(0.5) }
  /// The smallest and the largest value.
  public var range: (least: Double, greatest: Double) { (sorted[0], sorted[sorted.count - 1]) }

  /// The value below which a share of the seeds lies, linear between neighbours.
  public func quantile(_ share: Double) -> Double {
    let place = share * Double(sorted.count - 1)
    let lower = Int(place)
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
  }

  /// The band between the quartiles and the line of the medians of some curves.
  ///
  /// - Parameters:
  ///   - x: The abscissas that all curves share.
  ///   - curves: One curve for each seed, with as many values as there are abscissas.
  ///   - label: The label of the line.
  /// - Returns: A band without a label and the line.
  public static func layers(x: [Double], curves: [[Double]], label: String) -> [Layer] {
    precondition(
      curves.allSatisfy { $0.count == x.count }, "curves of other lengths than \(x.count)")
    let spreads = x.indices.map { index in SeedSpread(curves.map { $0[index] }) }
    return [
      .band(
        x: x, lower: spreads.map { $0.quantile(0.25) }, upper: spreads.map { $0.quantile(0.75) },
        label: ""),
      .line(zip(x, spreads).map { Point($0, $1.median) }, label: label),
    ]
  }
}
