/// A heat map as one path for each of a few colours, with neighbours of one colour merged.
///
/// A hundred by a hundred cells take some ten kilobytes that way.
struct HeatMapDrawing {
  private static let levels = 48

  private let area: PlotArea
  private let map: HeatMap
  private let range: ClosedRange<Double>

  init(area: PlotArea, map: HeatMap) {
    self.area = area
    self.map = map
    range = Self.range(of: map)
  }

  /// The values that the lowest and the highest colour stand for.
  static func range(of map: HeatMap) -> ClosedRange<Double> {
    let finite = map.values.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    return low...max(high, low + max(abs(low), 1) * 1e-12)
  }

  var markup: String {
    guard let corner = area.place(Point(map.x.lowerBound, map.y.lowerBound)),
      let opposite = area.place(Point(map.x.upperBound, map.y.upperBound))
    else { return "" }
    let rows = map.values.count / map.columns
    let width = (opposite.x - corner.x) / Double(map.columns)
    let height = (opposite.y - corner.y) / Double(rows)
    let paths = self.paths(rows: rows)
    let elements = paths.indices.filter { !paths[$0].isEmpty }.map { level in
      let colour = Palette.heat((Double(level) + 0.5) / Double(Self.levels))
      return "<path fill=\"\(colour)\" d=\"\(paths[level])\"/>\n"
    }
    // Without smoothing no lines shine through between cells.
    return """
      <g shape-rendering="crispEdges" transform="matrix(\(width) 0 0 \(height) \
      \(corner.x) \(corner.y))">
      \(elements.joined())</g>

      """
  }

  /// For each level the runs of cells in rows, in units of cells.
  private func paths(rows: Int) -> [String] {
    var paths = [String](repeating: "", count: Self.levels)
    for row in 0..<rows {
      var start = 0
      while start < map.columns {
        let level = level(row, start)
        var end = start + 1
        while end < map.columns, self.level(row, end) == level { end += 1 }
        if let level { paths[level] += "M\(start) \(row)h\(end - start)v1h\(start - end)z" }
        start = end
      }
    }
    return paths
  }

  private func level(_ row: Int, _ column: Int) -> Int? {
    let value = map.values[row * map.columns + column]
    guard value.isFinite else { return nil }
    let fraction = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return min(Int(fraction * Double(Self.levels)), Self.levels - 1)
  }
}
