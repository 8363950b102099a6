import Charts

/// The mean of curves of several seeds over the same abscissas, and the range from the lowest to the
/// highest where there are several.
///
/// - Parameters:
///   - curves: For each seed abscissas and ordinates.
///   - label: The name in the legend.
/// - Returns: The layers, the band first.
func spread(_ curves: [[(x: Double, y: Double)]], label: String) -> [Layer] {
  // A run that was interrupted may have logged its last step twice or not at all.
  let shared = curves.map(\.count).min() ?? 0
  guard shared > 0 else { return [] }
  let columns = (0..<shared).map { index in curves.map { $0[index].y } }
  let abscissas = curves[0].prefix(shared).map(\.x)
  let line = zip(abscissas, columns).map { x, values in
    Point(x, values.reduce(0, +) / Double(values.count))
  }
  guard curves.count > 1 else { return [.line(line, label: label)] }
  return [
    .band(
      x: abscissas, lower: columns.map { $0.min() ?? 0 }, upper: columns.map { $0.max() ?? 0 },
      label: ""),
    .line(line, label: label),
  ]
}
