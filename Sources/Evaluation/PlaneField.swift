/// A vector field at the points of a regular grid over a rectangle, ends included.
public struct PlaneField: Sendable, Hashable {
  /// The extent along the first coordinate.
  public let x: ClosedRange<Double>
  /// The extent along the second coordinate.
  public let y: ClosedRange<Double>
  /// The number of points along the first coordinate.
  public let columns: Int
  /// The number of points along the second coordinate.
  public let rows: Int
  /// The vectors, rows from the smallest second coordinate up, `columns` to a row.
  public var values: [SIMD2<Double>]

  /// Puts vectors on a grid.
  ///
  /// - Precondition: At least two columns and rows, and `rows * columns` values.
  public init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int,
    values: [SIMD2<Double>]
  ) {
    precondition(
      columns >= 2 && rows >= 2 && values.count == rows * columns,
      "\(values.count) vectors on a grid of \(columns) x \(rows)")
    self.x = x
    self.y = y
    self.columns = columns
    self.rows = rows
    self.values = values
  }

  /// Samples a field.
  ///
  /// - Parameters:
  ///   - x: The extent along the first coordinate.
  ///   - y: The extent along the second coordinate.
  ///   - columns: The number of points along the first coordinate, at least two.
  ///   - rows: The number of points along the second coordinate, at least two.
  ///   - field: The vector at a point.
  public init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int,
    _ field: (SIMD2<Double>) -> SIMD2<Double>
  ) {
    self.init(
      x: x, y: y, columns: columns, rows: rows,
      values: Self.points(x: x, y: y, columns: columns, rows: rows).map(field))
  }

  /// The points of a grid, in the order of the values.
  public static func points(
    x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int
  ) -> [SIMD2<Double>] {
    let (width, height) = (x.upperBound - x.lowerBound, y.upperBound - y.lowerBound)
    return (0..<rows).flatMap { row in
      (0..<columns).map { column in
        SIMD2(
          x.lowerBound + width * Double(column) / Double(columns - 1),
          y.lowerBound + height * Double(row) / Double(rows - 1))
      }
    }
  }

  /// The points of the grid, in the order of the values.
  public var points: [SIMD2<Double>] {
    Self.points(x: x, y: y, columns: columns, rows: rows)
  }

  /// The distance between neighbours along each coordinate.
  public var spacing: SIMD2<Double> {
    SIMD2(
      (x.upperBound - x.lowerBound) / Double(columns - 1),
      (y.upperBound - y.lowerBound) / Double(rows - 1))
  }
}
