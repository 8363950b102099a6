import COpenBLAS

/// The eigenvalues and eigenvectors of a symmetric matrix, by LAPACK's divide and conquer.
public struct SymmetricEigensystem: Sendable {
  /// The eigenvalues in ascending order.
  public let values: [Double]
  /// The eigenvectors of unit length, one in each row; no rows if they were not asked for.
  public let vectors: DenseMatrix

  /// Decomposes a matrix of which one triangle is read.
  ///
  /// - Parameters:
  ///   - matrix: A symmetric matrix.
  ///   - wantsVectors: Whether the eigenvectors are computed.
  /// - Throws: ``LinearAlgebraError`` if an element is not finite or LAPACK gives up.
  public init(
    of matrix: DenseMatrix, wantsVectors: Bool = true
  ) throws(LinearAlgebraError) {
    precondition(
      matrix.rows == matrix.columns, "eigenvalues of \(matrix.rows) by \(matrix.columns)")
    // LAPACK returns numbers for these, and no error.
    guard matrix.values.allSatisfy(\.isFinite) else { throw .notFinite(order: matrix.rows) }
    OpenBLAS.useOneThread
    let order = matrix.rows
    var elements = matrix.values
    var values = [Double](repeating: 0, count: order)
    let status = order == 0 ? 0 : decompose(&elements, into: &values, wantsVectors)
    guard status == 0 else { throw .notConverged(order: order) }
    self.values = values
    // LAPACK stores columns one after the other: its eigenvectors are our rows.
    vectors =
      wantsVectors
      ? DenseMatrix(rows: order, columns: order, values: elements)
      : DenseMatrix(rows: 0, columns: order, values: [])
  }
}

/// Why a matrix cannot be decomposed.
public enum LinearAlgebraError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A matrix of this order has elements that are infinite or no numbers.
  case notFinite(order: Int)
  /// The algorithm found no eigenvalues of a matrix of this order.
  case notConverged(order: Int)

  /// One line that says what failed.
  public var description: String {
    switch self {
    case .notFinite(let order):
      "a symmetric matrix of order \(order) has elements that are not finite, expected numbers"
    case .notConverged(let order):
      "the eigenvalues of a symmetric matrix of order \(order) were not found, expected convergence"
    }
  }
}

// A first call with counts of -1 tells how much room the second one needs.
private func decompose(
  _ elements: inout [Double], into values: inout [Double], _ wantsVectors: Bool
) -> Int32 {
  let order = Int32(values.count)
  func call(_ work: inout [Double], _ integers: inout [Int32], asks: Bool) -> Int32 {
    let counts = asks ? (-1, -1) : (Int32(work.count), Int32(integers.count))
    var status: Int32 = 0
    withUnsafePointer(to: order) { order in
      withUnsafePointer(to: counts.0) { workCount in
        withUnsafePointer(to: counts.1) { integerCount in
          dsyevd_(
            wantsVectors ? "V" : "N", "U", order, &elements, order, &values, &work, workCount,
            &integers, integerCount, &status, 1, 1)
        }
      }
    }
    return status
  }
  var (work, integers) = ([0.0], [Int32(0)])
  let asked = call(&work, &integers, asks: true)
  guard asked == 0 else { return asked }
  work = [Double](repeating: 0, count: Int(work[0]))
  integers = [Int32](repeating: 0, count: Int(integers[0]))
  return call(&work, &integers, asks: false)
}
