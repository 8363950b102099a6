public import Execution

/// The mean and the covariance of features.
public struct FeatureMoments: Sendable {
  /// The mean of each feature.
  public let mean: [Double]
  /// The sample covariance, with divisor n - 1.
  public let covariance: DenseMatrix

  /// Takes known moments.
  public init(mean: [Double], covariance: DenseMatrix) {
    (self.mean, self.covariance) = (mean, covariance)
  }

  /// Computes the moments of features.
  ///
  /// - Parameter features: One row for each example, at least two.
  public init(of features: DenseMatrix) {
    precondition(features.rows >= 2, "a covariance of \(features.rows) examples")
    let (count, width) = (features.rows, features.columns)
    var mean = [Double](repeating: 0, count: width)
    for row in 0..<count {
      for column in 0..<width { mean[column] += features.values[row * width + column] }
    }
    for column in 0..<width { mean[column] /= Double(count) }
    var centred = features
    for row in 0..<count {
      for column in 0..<width { centred.values[row * width + column] -= mean[column] }
    }
    var covariance = centred.times(centred, transposesFirst: true)
    for index in covariance.values.indices { covariance.values[index] /= Double(count - 1) }
    self.mean = mean
    self.covariance = covariance
  }
}

/// The squared Frechet distance of the Gaussians with the moments of two sets of features.
///
/// `|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))` (Heusel et al. 2017, section 3). The trace of the
/// root is the sum of the roots of the eigenvalues of `A C2 A` with `A = C1^(1/2)`, which is
/// symmetric, so singular covariances need no special care; eigenvalues that rounding makes
/// negative count as 0.
///
/// - Parameters:
///   - first: The moments of one set.
///   - second: The moments of the other, of as many features.
/// - Returns: The distance, 0 for equal moments up to rounding.
/// - Throws: `LinearAlgebraError` if a covariance is not finite.
public func frechetDistance(
  _ first: FeatureMoments, _ second: FeatureMoments
) throws(LinearAlgebraError) -> Double {
  precondition(
    first.mean.count == second.mean.count,
    "\(first.mean.count) and \(second.mean.count) features")
  let root = try squareRoot(first.covariance)
  let inner = root.times(second.covariance).times(root)
  let values = try SymmetricEigensystem(of: inner, wantsVectors: false).values
  let shift = zip(first.mean, second.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return shift + first.covariance.trace + second.covariance.trace
    - 2 * values.reduce(0) { $0 + max($1, 0).squareRoot() }
}

/// The symmetric root of a positive semidefinite matrix.
private func squareRoot(_ matrix: DenseMatrix) throws(LinearAlgebraError) -> DenseMatrix {
  let system = try SymmetricEigensystem(of: matrix)
  var scaled = system.vectors
  for (row, value) in system.values.enumerated() {
    // The fourth root on each side of V^T V.
    let factor = max(value, 0).squareRoot().squareRoot()
    for column in 0..<matrix.columns { scaled.values[row * matrix.columns + column] *= factor }
  }
  return scaled.times(scaled, transposesFirst: true)
}
