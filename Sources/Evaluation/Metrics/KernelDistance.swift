public import Execution
import Randomness

/// The squared kernel distance (KID) of two sets of features, over random subsets.
///
/// The unbiased estimate of the squared maximum mean discrepancy under the kernel
/// `(x . y / D + 1)^3` (Binkowski et al. 2018, section 4).
public struct KernelDistance: Sendable, Equatable {
  /// The distance of each pair of subsets; may be negative.
  public let subsets: [Double]

  /// The mean over the subsets.
  public var mean: Double { subsets.reduce(0, +) / Double(subsets.count) }

  /// The standard deviation over the subsets, with their number as the divisor as is customary.
  public var deviation: Double { populationDeviation(subsets) }

  /// Computes the distances of given subsets.
  ///
  /// - Parameters:
  ///   - real: Features, one row for each example.
  ///   - fake: Features of as many columns.
  ///   - subsets: The numbers of the rows of each pair of subsets; the two of a pair have the same
  ///     size, at least 2.
  public init(real: DenseMatrix, fake: DenseMatrix, subsets: [(real: [Int], fake: [Int])]) {
    precondition(real.columns == fake.columns, "\(real.columns) and \(fake.columns) features")
    precondition(!subsets.isEmpty, "no subsets")
    self.subsets = subsets.map { polynomialDiscrepancy(real.rows($0.real), fake.rows($0.fake)) }
  }

  /// Computes the distances of random subsets without repeated rows.
  ///
  /// - Parameters:
  ///   - real: Features, one row for each example.
  ///   - fake: Features of as many columns.
  ///   - count: The number of pairs of subsets.
  ///   - size: The rows of a subset, at most those of either set.
  ///   - seed: The seed of the choice.
  public init(real: DenseMatrix, fake: DenseMatrix, count: Int, size: Int, seed: UInt64) {
    precondition(
      size >= 2 && size <= min(real.rows, fake.rows),
      "subsets of \(size) of \(real.rows) and \(fake.rows) examples")
    func choice(of rows: Int, _ number: Int) -> [Int] {
      let order = Permutation(count: rows, seed: seed, epoch: UInt64(number))
      return (0..<size).map(order.index)
    }
    self.init(
      real: real, fake: fake,
      subsets: (0..<count).map {
        (choice(of: real.rows, 2 * $0), choice(of: fake.rows, 2 * $0 + 1))
      })
  }
}

// The sum over pairs within a set leaves out a row with itself.
private func polynomialDiscrepancy(_ x: DenseMatrix, _ y: DenseMatrix) -> Double {
  precondition(x.rows == y.rows && x.rows >= 2, "subsets of \(x.rows) and \(y.rows) examples")
  let count = Double(x.rows)
  func kernel(_ first: DenseMatrix, _ second: DenseMatrix) -> DenseMatrix {
    var product = first.times(second, transposesSecond: true)
    for index in product.values.indices {
      let base = product.values[index] / Double(first.columns) + 1
      product.values[index] = base * base * base
    }
    return product
  }
  let (within, other, across) = (kernel(x, x), kernel(y, y), kernel(x, y))
  func total(_ matrix: DenseMatrix) -> Double { matrix.values.reduce(0, +) }
  let pairs = count * (count - 1)
  return (total(within) - within.trace + total(other) - other.trace) / pairs
    - 2 * total(across) / (count * count)
}
