import Execution
import Testing

@testable import Evaluation

@Suite struct FrechetDistanceTests {
  private func diagonal(_ values: [Double]) -> DenseMatrix {
    var matrix = DenseMatrix(
      rows: values.count, columns: values.count,
      values: [Double](repeating: 0, count: values.count * values.count))
    for (index, value) in values.enumerated() { matrix.values[index * (values.count + 1)] = value }
    return matrix
  }

  @Test func commutingCovariancesHaveAClosedForm() throws {
    // |m|^2 + sum (sqrt a - sqrt b)^2
    let distance = try frechetDistance(
      FeatureMoments(mean: [1, 0, 2], covariance: diagonal([4, 1, 0])),
      FeatureMoments(mean: [0, 0, 0], covariance: diagonal([1, 9, 16])))
    #expect(abs(distance - (5 + 1 + 4 + 16)) < 1e-12)
  }

  @Test func equalSetsHaveNoDistance() throws {
    let features = DenseMatrix(rows: 4, columns: 2, values: [1, 2, 0, 5, -3, 1, 2, 2])
    let moments = FeatureMoments(of: features)
    #expect(abs(try frechetDistance(moments, moments)) < 1e-12)
    #expect(moments.mean == [0, 2.5])
    #expect(abs(moments.covariance.values[0] - 14.0 / 3) < 1e-12)
  }

  @Test func eigenvectorsRebuildTheMatrix() throws {
    let matrix = DenseMatrix(rows: 3, columns: 3, values: [2, 1, 0, 1, 3, -1, 0, -1, 1])
    let system = try SymmetricEigensystem(of: matrix)
    var scaled = system.vectors
    for index in scaled.values.indices { scaled.values[index] *= system.values[index / 3] }
    let rebuilt = system.vectors.times(scaled, transposesFirst: true)
    for (found, expected) in zip(rebuilt.values, matrix.values) {
      #expect(abs(found - expected) < 1e-12)
    }
    #expect(abs(system.values.reduce(0, +) - matrix.trace) < 1e-12)
  }

  @Test func aMatrixWithoutNumbersIsAnError() {
    let matrix = DenseMatrix(rows: 2, columns: 2, values: [.nan, 1, 1, .nan])
    #expect(throws: LinearAlgebraError.self) { try SymmetricEigensystem(of: matrix) }
  }
}
