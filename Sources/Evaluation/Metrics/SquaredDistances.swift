import Execution

/// The squared Euclidean distances between the rows of two matrices, a few rows at a time.
///
/// In a few dimensions differences are squared, so that equal points have distance 0. In many, where
/// a matrix product is far quicker, `|x|^2 + |y|^2 - 2 x . y` has errors of some 1e-16 of the
/// squared norms.
struct SquaredDistances {
  // Where the two ways take about the same time.
  private static let largestDirectWidth = 16
  private static let piece = 256

  private let first: DenseMatrix
  private let second: DenseMatrix

  init(from first: DenseMatrix, to second: DenseMatrix) {
    (self.first, self.second) = (first, second)
  }

  /// Calls `body` with each row of the first matrix and its distances to all of the second.
  func forEachRow(_ body: (_ row: Int, _ distances: UnsafeBufferPointer<Double>) -> Void) {
    let usesProduct = first.columns > Self.largestDirectWidth
    let secondNorms = usesProduct ? squaredNorms(second) : []
    // One column of each coordinate after the other lets the compiler use vectors.
    let columns = usesProduct ? [] : transposed(second)
    for start in stride(from: 0, to: first.rows, by: Self.piece) {
      let rows = start..<min(start + Self.piece, first.rows)
      var distances =
        usesProduct
        ? first.rows(rows).times(second, transposesSecond: true).values
        : [Double](repeating: 0, count: rows.count * second.rows)
      distances.withUnsafeMutableBufferPointer { distances in
        for row in rows {
          let part = (row - start) * second.rows..<(row - start + 1) * second.rows
          let out = UnsafeMutableBufferPointer(rebasing: distances[part])
          if usesProduct {
            let norm = squaredNorm(first, row)
            for column in out.indices {
              out[column] = max(norm + secondNorms[column] - 2 * out[column], 0)
            }
          } else {
            addSquaredDifferences(row, columns, to: out)
          }
          body(row, UnsafeBufferPointer(out))
        }
      }
    }
  }

  private func addSquaredDifferences(
    _ row: Int, _ columns: [Double], to out: UnsafeMutableBufferPointer<Double>
  ) {
    columns.withUnsafeBufferPointer { columns in
      for axis in 0..<first.columns {
        let coordinate = first.values[row * first.columns + axis]
        let start = axis * out.count
        for column in 0..<out.count {
          let gap = columns[start + column] - coordinate
          out[column] += gap * gap
        }
      }
    }
  }

  private func transposed(_ matrix: DenseMatrix) -> [Double] {
    (0..<matrix.columns).flatMap { column in
      (0..<matrix.rows).map { matrix.values[$0 * matrix.columns + column] }
    }
  }

  private func squaredNorms(_ matrix: DenseMatrix) -> [Double] {
    (0..<matrix.rows).map { squaredNorm(matrix, $0) }
  }

  private func squaredNorm(_ matrix: DenseMatrix, _ row: Int) -> Double {
    matrix.values[row * matrix.columns..<(row + 1) * matrix.columns].reduce(0) { $0 + $1 * $1 }
  }
}
