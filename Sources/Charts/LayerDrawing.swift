import Foundation

/// The marks of one layer as elements of SVG, in lengths of a plot area.
struct LayerDrawing {
  let area: PlotArea

  /// The elements of a layer.
  func markup(_ layer: Layer, colour: String) -> String {
    switch layer {
    case .line(let points, _):
      return stroke(path(points), colour, width: 1.6)
    case .band(let x, let lower, let upper, _):
      return band(x, lower, upper, colour)
    case .dots(let points, _): return dots(points, colour)
    case .arrows(let arrows, _):
      return stroke(ArrowDrawing(area: area, arrows: arrows).path, colour, width: 1)
    case .heatMap(let map, _): return HeatMapDrawing(area: area, map: map).markup
    }
  }

  /// A broken line through points; it is interrupted where a point has no place.
  private func path(_ points: [Point]) -> String {
    var text = ""
    var last: (x: Double, y: Double)?
    for (index, point) in points.enumerated() {
      guard let place = area.place(point) else {
        last = nil
        continue
      }
      // Points nearer to each other than a hair's breadth are one, but the line ends where it ends.
      if let last, index < points.count - 1,
        hypot(place.x - last.x, place.y - last.y) < 0.4
      {
        continue
      }
      text += (last == nil ? "M" : "L") + length(place.x) + " " + length(place.y)
      last = place
    }
    return text
  }

  private func band(
    _ x: [Double], _ lower: [Double], _ upper: [Double], _ colour: String
  ) -> String {
    // On a logarithmic axis a bound that is not positive lies at the lower end.
    func points(_ values: [Double]) -> [Point] {
      zip(x, values).map { Point($0, max($1, area.y.range.lowerBound)) }
        .filter { area.place($0) != nil }
    }
    let upperEdge = path(points(upper))
    let lowerEdge = path(points(lower).reversed())
    guard !upperEdge.isEmpty, !lowerEdge.isEmpty else { return "" }
    let outline = upperEdge + "L" + lowerEdge.dropFirst() + "Z"
    return "<path d=\"\(outline)\" fill=\"\(colour)\" fill-opacity=\"0.22\"/>\n"
  }

  // A line of no length with round ends is a dot, in far fewer letters than a circle. Of dots that
  // lie on each other one is drawn.
  private func dots(_ points: [Point], _ colour: String) -> String {
    let size = points.count > 1500 ? 1.6 : points.count > 300 ? 2.2 : 3.6
    var seen: Set<[Int]> = []
    var path = ""
    for point in points {
      guard let place = area.place(point),
        seen.insert([Int(place.x * 2), Int(place.y * 2)]).inserted
      else { continue }
      path += "M" + length(place.x) + " " + length(place.y) + "h0"
    }
    return stroke(path, colour, width: size, opacity: 0.7)
  }

  // What is white lies on a heat map and needs an edge on its bright parts.
  private func stroke(
    _ path: String, _ colour: String, width: Double, opacity: Double = 1
  ) -> String {
    let isWhite = colour == SeriesColours.overHeatMap
    let edge = isWhite ? stroke(path, "#222", width: width + 1.4, opacity: 0.75) : ""
    return edge + """
      <path d="\(path)" fill="none" stroke="\(colour)" stroke-width="\(length(width))" \
      stroke-linecap="round" stroke-linejoin="round" stroke-opacity="\(isWhite ? 1 : opacity)"/>

      """
  }
}
