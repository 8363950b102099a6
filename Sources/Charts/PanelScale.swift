import Foundation

/// How values of one axis become lengths from its beginning.
struct PanelScale {
  let range: ClosedRange<Double>
  let length: Double
  private let scale: Axis.Scale

  init(_ range: ClosedRange<Double>, _ scale: Axis.Scale, length: Double) {
    self.range = range
    self.scale = scale
    self.length = length
  }

  /// The length of a value; nil for one that has no place on the axis.
  func callAsFunction(_ value: Double) -> Double? {
    switch scale {
    case .linear:
      guard value.isFinite else { return nil }
      return length * (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    case .logarithmic:
      guard value.isFinite, value > 0 else { return nil }
      return length * log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
    }
  }

  /// The marks of the axis, one for each so many units of length.
  func ticks(spacing: Double) -> AxisTicks {
    AxisTicks(range, scale: scale, count: max(2, Int(length / spacing)))
  }
}

/// The rectangle between the axes of a panel, with its origin at the upper left.
struct PlotArea {
  let x: PanelScale
  let y: PanelScale

  var width: Double { x.length }
  var height: Double { y.length }

  /// Chooses the size for a panel.
  init(_ panel: Panel) {
    let (xRange, yRange) = (panel.xRange, panel.yRange)
    var (width, height) = (300.0, 200.0)
    if panel.isSquare {
      let ratio =
        (yRange.upperBound - yRange.lowerBound) / (xRange.upperBound - xRange.lowerBound)
      (width, height) = ratio > 1 ? (240 / ratio, 240) : (240, 240 * ratio)
    }
    x = PanelScale(xRange, panel.x.scale, length: width)
    y = PanelScale(yRange, panel.y.scale, length: height)
  }

  /// The place of a point in the rectangle; nil if it has none.
  func place(_ point: Point) -> (x: Double, y: Double)? {
    guard let across = x(point.x), let up = y(point.y) else { return nil }
    // What is far outside would only make numbers long; it is cut off anyway.
    let limit = 1e4
    return (min(max(across, -limit), limit), min(max(height - up, -limit), limit))
  }
}
