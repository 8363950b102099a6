import Foundation

extension Panel {
  /// The values from end to end of the horizontal axis.
  var xRange: ClosedRange<Double> {
    x.range ?? Self.range(of: layers.flatMap(\.abscissas), x.scale, isPadded: !hasHeatMap)
  }

  /// The values from end to end of the vertical axis.
  var yRange: ClosedRange<Double> {
    y.range ?? Self.range(of: layers.flatMap(\.ordinates), y.scale, isPadded: !hasHeatMap)
  }

  private var hasHeatMap: Bool { layers.contains { $0.heatMap != nil } }

  /// The range of what is drawn, with some room around it.
  private static func range(
    of values: [Double], _ scale: Axis.Scale, isPadded: Bool
  ) -> ClosedRange<Double> {
    let share = isPadded ? 0.04 : 0
    switch scale {
    case .linear:
      let drawn = values.filter(\.isFinite)
      guard let low = drawn.min(), let high = drawn.max() else { return 0...1 }
      guard high > low else { return low - max(abs(low), 1) / 2...low + max(abs(low), 1) / 2 }
      let room = share * (high - low)
      return low - room...high + room
    case .logarithmic:
      let drawn = values.filter { $0.isFinite && $0 > 0 }
      guard let low = drawn.min(), let high = drawn.max() else { return 1...10 }
      guard high > low else { return low / 3...low * 3 }
      let room = pow(high / low, share)
      return low / room...high * room
    }
  }
}

extension Layer {
  /// The heat map of the layer, nil for other kinds.
  var heatMap: HeatMap? {
    if case .heatMap(let map, _) = self { map } else { nil }
  }

  /// What stands in the legend or beside the colour bar.
  var label: String {
    switch self {
    case .line(_, let label), .band(_, _, _, let label), .dots(_, let label),
      .arrows(_, let label), .heatMap(_, let label):
      label
    }
  }

  fileprivate var abscissas: [Double] {
    switch self {
    case .line(let points, _), .dots(let points, _): points.map(\.x)
    case .band(let x, _, _, _): x
    case .arrows(let arrows, _): arrows.map(\.origin.x)
    case .heatMap(let map, _): [map.x.lowerBound, map.x.upperBound]
    }
  }

  fileprivate var ordinates: [Double] {
    switch self {
    case .line(let points, _), .dots(let points, _): points.map(\.y)
    case .band(_, let lower, let upper, _): lower + upper
    case .arrows(let arrows, _): arrows.map(\.origin.y)
    case .heatMap(let map, _): [map.y.lowerBound, map.y.upperBound]
    }
  }
}
