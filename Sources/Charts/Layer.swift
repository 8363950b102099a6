/// Something drawn in a panel.
///
/// A label puts it into the legend; an empty one keeps it out.
public enum Layer: Sendable, Hashable, Codable {
  /// Points joined by straight lines.
  case line([Point], label: String)
  /// The area between two curves over the same abscissas, such as a spread over seeds.
  case band(x: [Double], lower: [Double], upper: [Double], label: String)
  /// Separate dots, such as samples.
  case dots([Point], label: String)
  /// Arrows that start at points, such as a vector field; all are scaled by one factor to fit.
  case arrows([Arrow], label: String)
  /// Colours over a rectangle, such as a density; the label names the colour bar.
  case heatMap(HeatMap, label: String)
}

/// A point in the coordinates of the axes.
public struct Point: Sendable, Hashable, Codable {
  /// The abscissa.
  public var x: Double
  /// The ordinate.
  public var y: Double

  /// Makes a point.
  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// A vector at a point.
public struct Arrow: Sendable, Hashable, Codable {
  /// Where it starts.
  public var origin: Point
  /// The vector's first component.
  public var dx: Double
  /// The vector's second component.
  public var dy: Double

  /// Makes an arrow.
  public init(at origin: Point, _ dx: Double, _ dy: Double) {
    self.origin = origin
    self.dx = dx
    self.dy = dy
  }
}

/// Values on a regular grid of cells over a rectangle.
public struct HeatMap: Sendable, Hashable, Codable {
  /// The number of cells along the horizontal axis.
  public var columns: Int
  /// The values, rows from the smallest ordinate up, `columns` to a row.
  public var values: [Double]
  /// The extent of the grid along the horizontal axis.
  public var x: ClosedRange<Double>
  /// The extent of the grid along the vertical axis.
  public var y: ClosedRange<Double>

  /// Makes a grid.
  public init(
    columns: Int, values: [Double], x: ClosedRange<Double>, y: ClosedRange<Double>
  ) {
    precondition(
      columns >= 1 && !values.isEmpty && values.count.isMultiple(of: columns),
      "\(values.count) values in rows of \(columns)")
    self.columns = columns
    self.values = values
    self.x = x
    self.y = y
  }
}
