import Foundation

/// Arrows scaled by one factor, so that the longest just reaches its neighbour.
struct ArrowDrawing {
  private static let headShare = 0.3
  private static let headAngle = 0.45

  let area: PlotArea
  let arrows: [Arrow]

  /// All arrows as one path.
  var path: String {
    let placed = arrows.compactMap { arrow -> (start: (x: Double, y: Double), arrow: Arrow)? in
      guard arrow.dx.isFinite, arrow.dy.isFinite, let start = area.place(arrow.origin),
        (0...area.width).contains(start.x), (0...area.height).contains(start.y)
      else { return nil }
      return (start, arrow)
    }
    let longest = placed.map { hypot($0.arrow.dx, $0.arrow.dy) }.max() ?? 0
    guard longest > 0 else { return "" }
    let spacing = (area.width * area.height / Double(placed.count)).squareRoot()
    let factor = 1.1 * spacing / longest
    return placed.map { path(from: $0.start, $0.arrow.dx * factor, -$0.arrow.dy * factor) }
      .joined()
  }

  private func path(from start: (x: Double, y: Double), _ dx: Double, _ dy: Double) -> String {
    let size = hypot(dx, dy)
    guard size > 0.3 else { return "" }
    let end = (x: start.x + dx, y: start.y + dy)
    let head = min(Self.headShare * size, 6)
    let direction = atan2(dy, dx)
    func barb(_ angle: Double) -> String {
      length(end.x - head * cos(direction + angle)) + " "
        + length(end.y - head * sin(direction + angle))
    }
    let tip = length(end.x) + " " + length(end.y)
    return "M\(length(start.x)) \(length(start.y))L\(tip)"
      + "M\(barb(Self.headAngle))L\(tip)L\(barb(-Self.headAngle))"
  }
}
