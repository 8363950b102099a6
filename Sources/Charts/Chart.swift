/// A figure of one or more panels, as a paper prints them.
public struct Chart: Sendable, Hashable, Codable {
  /// The title above all panels; empty for none.
  public var title: String
  /// The panels in reading order.
  public var panels: [Panel]
  /// The number of panels side by side.
  public var columns: Int

  /// Combines panels.
  public init(_ title: String = "", panels: [Panel], columns: Int = 1) {
    precondition(columns >= 1, "\(columns) columns, expected at least 1")
    self.title = title
    self.panels = panels
    self.columns = columns
  }
}

/// One pair of axes with what is drawn in it.
public struct Panel: Sendable, Hashable, Codable {
  /// The title above the axes.
  public var title: String
  /// The horizontal axis.
  public var x: Axis
  /// The vertical axis.
  public var y: Axis
  /// What is drawn, the first at the bottom; heat maps and bands lie below everything else.
  public var layers: [Layer]
  /// Whether a unit is as long on one axis as on the other, as in a plane.
  public var isSquare: Bool

  /// Describes a panel.
  public init(
    _ title: String = "", x: Axis, y: Axis, layers: [Layer], isSquare: Bool = false
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.layers = layers
    self.isSquare = isSquare
  }
}

/// One axis of a panel.
public struct Axis: Sendable, Hashable, Codable {
  /// How values become lengths.
  public enum Scale: String, Sendable, Hashable, Codable {
    /// In proportion.
    case linear
    /// By their logarithm; values that are not positive are left out.
    case logarithmic
  }

  /// What is measured along the axis, with its unit.
  public var label: String
  /// How values become lengths.
  public var scale: Scale
  /// The values from end to end; nil to take them from what is drawn.
  public var range: ClosedRange<Double>?

  /// Describes an axis.
  public init(_ label: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
    self.label = label
    self.scale = scale
    self.range = range
  }
}
