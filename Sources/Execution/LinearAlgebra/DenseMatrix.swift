import COpenBLAS

/// A dense matrix in double precision, for statistics rather than for networks.
public struct DenseMatrix: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The elements, row-major.
  public var values: [Double]

  /// Makes a matrix of given elements.
  ///
  /// - Parameters:
  ///   - rows: The number of rows.
  ///   - columns: The number of columns.
  ///   - values: The elements, row-major.
  public init(rows: Int, columns: Int, values: [Double]) {
    precondition(
      rows >= 0 && columns >= 0 && values.count == rows * columns,
      "\(values.count) elements of a matrix of \(rows) by \(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// The product with another matrix, after either was transposed.
  ///
  /// - Parameters:
  ///   - other: The second factor.
  ///   - transposesFirst: Whether this matrix counts transposed.
  ///   - transposesSecond: Whether the other one does.
  /// - Returns: The product.
  public func times(
    _ other: DenseMatrix, transposesFirst: Bool = false, transposesSecond: Bool = false
  ) -> DenseMatrix {
    OpenBLAS.useOneThread
    let (m, inner) = transposesFirst ? (columns, rows) : (rows, columns)
    let (depth, n) =
      transposesSecond ? (other.columns, other.rows) : (other.rows, other.columns)
    precondition(inner == depth, "no product of \(m) by \(inner) and \(depth) by \(n)")
    var product = [Double](repeating: 0, count: m * n)
    if m > 0, n > 0, inner > 0 {
      cblas_dgemm(
        CblasRowMajor, transposesFirst ? CblasTrans : CblasNoTrans,
        transposesSecond ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(inner), 1, values,
        Int32(columns), other.values, Int32(other.columns), 0, &product, Int32(n))
    }
    return DenseMatrix(rows: m, columns: n, values: product)
  }

  /// Some of the rows, as a matrix of their own.
  public func rows(_ range: Range<Int>) -> DenseMatrix {
    DenseMatrix(
      rows: range.count, columns: columns,
      values: Array(values[range.lowerBound * columns..<range.upperBound * columns]))
  }

  /// The rows of given numbers, in their order.
  public func rows(_ numbers: [Int]) -> DenseMatrix {
    DenseMatrix(
      rows: numbers.count, columns: columns,
      values: numbers.flatMap { values[$0 * columns..<($0 + 1) * columns] })
  }

  /// The sum of the diagonal.
  public var trace: Double {
    (0..<min(rows, columns)).reduce(0) { $0 + values[$1 * (columns + 1)] }
  }
}
