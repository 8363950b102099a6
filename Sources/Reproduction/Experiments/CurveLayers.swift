import Charts

/// The layers of curves of several seeds over the same abscissas.
///
/// - Parameters:
///   - curves: For each seed abscissas and ordinates.
///   - label: The name in the legend.
/// - Returns: What `SeedSpread` draws of them, nothing if there are none.
func curveLayers(_ curves: [[(x: Double, y: Double)]], label: String) -> [Layer] {
  // A short run may have logged fewer steps than another.
  let shared = curves.map(\.count).min() ?? 0
  guard shared > 0 else { return [] }
  return SeedSpread.layers(
    x: curves[0].prefix(shared).map(\.x), curves: curves.map { $0.prefix(shared).map(\.y) },
    label: label)
}
