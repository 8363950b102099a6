public import Charts
public import Evaluation

extension Chart {
  /// A field, its gradient part and its rotational part side by side, over their magnitudes.
  ///
  /// Each panel scales its arrows by itself, since the rotational part is often a thousandth of the
  /// field; the colours tell the magnitudes.
  ///
  /// - Parameters:
  ///   - title: The title above the panels.
  ///   - field: The field, on at least 40 points each way for smooth colours.
  ///   - arrows: About how many arrows there are along the first axis.
  /// - Returns: Three panels side by side.
  public static func decomposition(
    _ title: String, of field: PlaneField, arrows: Int = 17
  ) -> Chart {
    let parts = FieldDecomposition(field)
    let named = [
      ("field", field), ("gradient part", parts.gradient), ("rotational part", parts.rotation),
    ]
    return Chart(
      title,
      panels: named.map { name, part in
        Panel(
          name, x: Axis("x\u{2081}", range: field.x), y: Axis("x\u{2082}", range: field.y),
          layers: [
            .heatMap(part.magnitudes, label: "magnitude"),
            .arrows(part.arrows(every: max(1, field.columns / arrows)), label: ""),
          ], isSquare: true)
      }, columns: 3)
  }
}

extension PlaneField {
  /// The length of each vector, in a cell around its point.
  fileprivate var magnitudes: HeatMap {
    HeatMap(
      columns: columns, values: values.map { ($0 * $0).sum().squareRoot() },
      x: x.lowerBound - spacing.x / 2...x.upperBound + spacing.x / 2,
      y: y.lowerBound - spacing.y / 2...y.upperBound + spacing.y / 2)
  }

  fileprivate func arrows(every stride: Int) -> [Arrow] {
    let points = points
    return points.indices.compactMap { index in
      let (row, column) = index.quotientAndRemainder(dividingBy: columns)
      guard (row + stride / 2).isMultiple(of: stride), (column + stride / 2).isMultiple(of: stride)
      else { return nil }
      let (point, value) = (points[index], values[index])
      return Arrow(at: Point(point.x, point.y), value.x, value.y)
    }
  }
}
