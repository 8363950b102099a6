/// A field of the plane split into a gradient and the rest, which is its rotational part.
///
/// The gradient is the one nearest to the field in the mean square over the rectangle, so the rest
/// has no divergence inside and does not flow through the border: Helmholtz's and Hodge's
/// decomposition with natural boundary conditions. A potential at the grid's points has its
/// differences along the edges between neighbours, where the field is the mean of its ends; the least
/// squares are Poisson's equation of the grid, solved by conjugate gradients in double precision. The
/// error falls with the square of the spacing; fields of linear components are split exactly.
public struct FieldDecomposition: Sendable {
  /// The nearest gradient field.
  public let gradient: PlaneField
  /// The field minus its gradient part.
  public let rotation: PlaneField
  /// The potential whose gradient is the gradient part, with mean zero, in the grid's order.
  public let potential: [Double]

  /// Splits a field.
  ///
  /// - Parameter field: The field, finite everywhere.
  public init(_ field: PlaneField) {
    let edges = GridEdges(field)
    potential = edges.potential()
    gradient = edges.gradient(of: potential)
    var rest = field
    for index in rest.values.indices { rest.values[index] -= gradient.values[index] }
    rotation = rest
  }
}

/// The edges between neighbours of a grid and the field along them.
private struct GridEdges {
  private static let tolerance = 1e-12

  private let field: PlaneField
  private let spacing: SIMD2<Double>

  init(_ field: PlaneField) {
    self.field = field
    spacing = field.spacing
  }

  private var columns: Int { field.columns }
  private var rows: Int { field.rows }
  // Edges on the border bound half as much area as those inside.
  private func weight(_ line: Int, of count: Int) -> Double {
    line == 0 || line == count - 1 ? 0.5 : 1
  }

  /// The weighted sum over the edges at each point of what flows along them towards it.
  ///
  /// `along` gives the value of the edge between two points by their indices.
  private func outflow(_ along: (Int, Int, Int) -> Double) -> [Double] {
    var result = [Double](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      let weight = weight(row, of: rows) / spacing.x
      for column in 0..<columns - 1 {
        let start = row * columns + column
        let value = weight * along(start, start + 1, 0)
        result[start] -= value
        result[start + 1] += value
      }
    }
    for row in 0..<rows - 1 {
      for column in 0..<columns {
        let start = row * columns + column
        let value = weight(column, of: columns) / spacing.y * along(start, start + columns, 1)
        result[start] -= value
        result[start + columns] += value
      }
    }
    return result
  }

  private func laplacian(_ potential: [Double]) -> [Double] {
    outflow { start, end, axis in (potential[end] - potential[start]) / spacing[axis] }
  }

  /// The potential with mean zero whose differences are nearest to the field along the edges.
  func potential() -> [Double] {
    let values = field.values
    var residual = outflow { start, end, axis in
      0.5 * (values[start][axis] + values[end][axis])
    }
    var potential = [Double](repeating: 0, count: residual.count)
    var direction = residual
    var energy = dot(residual, residual)
    // Held against the field itself: the divergence of a rotation is nothing but rounding.
    let scale = values.reduce(0) { $0 + ($1 / spacing * ($1 / spacing)).sum() }
    let goal = scale * Self.tolerance * Self.tolerance
    for _ in 0..<4 * residual.count where energy > goal {
      let image = laplacian(direction)
      let step = energy / dot(direction, image)
      for index in potential.indices {
        potential[index] += step * direction[index]
        residual[index] -= step * image[index]
      }
      let next = dot(residual, residual)
      for index in direction.indices {
        direction[index] = residual[index] + next / energy * direction[index]
      }
      energy = next
    }
    let mean = potential.reduce(0, +) / Double(potential.count)
    return potential.map { $0 - mean }
  }

  /// The gradient at the points, from the differences along the edges on both sides.
  func gradient(of potential: [Double]) -> PlaneField {
    var result = field
    for row in 0..<rows {
      for column in 0..<columns {
        let index = row * columns + column
        result.values[index] = SIMD2(
          slope(potential, at: index, position: column, of: columns, stride: 1) / spacing.x,
          slope(potential, at: index, position: row, of: rows, stride: columns) / spacing.y)
      }
    }
    return result
  }

  /// The mean of the differences on both sides, extrapolated at the ends.
  private func slope(
    _ values: [Double], at index: Int, position: Int, of count: Int, stride: Int
  ) -> Double {
    func difference(_ start: Int) -> Double { values[start + stride] - values[start] }
    guard count > 2 else { return difference(position == 0 ? index : index - stride) }
    switch position {
    case 0: return 1.5 * difference(index) - 0.5 * difference(index + stride)
    case count - 1:
      return 1.5 * difference(index - stride) - 0.5 * difference(index - 2 * stride)
    default: return 0.5 * (difference(index) + difference(index - stride))
    }
  }

  private func dot(_ left: [Double], _ right: [Double]) -> Double {
    zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
