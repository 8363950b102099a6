import Datasets
import Scores
import Testing

@testable import Evaluation

/// Points whose coordinates are small whole numbers.
private struct LatticePoints: Dataset {
  let name = "lattice"
  let count: Int
  let dimension: Int
  var shape: [Int] { [dimension] }

  func copyExample(
    _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
  ) {
    for axis in out.indices { out[axis] = Float((index * 7 + axis * 3) % 5 - 2) }
  }
}

@Suite struct ModelEvaluationTests {
  private let times = [0.2, 0.7]

  private func work(
    _ field: (model: DiffusionModel, weights: ModelWeights), examples: Int, unit: Int = 16,
    probes: Int = 1, measuresRotation: Bool = true,
    estimator: EvaluationPlan.Estimator = .skew
  ) -> EvaluationWork {
    let plan = EvaluationPlan(
      times: times, examples: examples, probes: probes, measuresRotation: measuresRotation,
      estimator: estimator, seed: 5, unit: unit)
    return EvaluationWork(
      model: field.model, weights: field.weights, plan: plan,
      data: LatticePoints(count: examples, dimension: field.model.dimensions))
  }

  private func report(_ work: EvaluationWork) throws -> EvaluationReport {
    work.report([try work.rows(ofRank: 0, of: 1)])
  }

  /// A matrix of the given size with symmetric and antisymmetric parts, and its exact numbers.
  private func matrix(
    _ size: Int
  ) -> (values: [Float], asymmetry: Double, normalized: Double) {
    let values = (0..<size * size).map { index -> Float in
      let number = (index * index * 5 + 3 * index) % 13
      return Float(number) / 8 - 0.5
    }
    var (difference, square) = (0.0, 0.0)
    for row in 0..<size {
      for column in 0..<size {
        let entry = Double(values[row * size + column])
        let gap = entry - Double(values[column * size + row])
        difference += gap * gap
        square += entry * entry
      }
    }
    return (values, difference / 2, difference / 4 / square)
  }

  @Test func wholeJacobiansInThePlaneAreExact() throws {
    let (values, asymmetry, normalized) = matrix(2)
    let report = try report(work(try LinearField.model(values), examples: 20))
    #expect(report.probes == 0)
    for level in report.levels {
      let measures = level.measures
      let found = try #require(measures.asymmetry)
      #expect(abs(found.value / asymmetry - 1) < 1e-6 && found.standardError < 1e-6)
      let weighted = try #require(measures.weightedAsymmetry)
      #expect(abs(weighted.value / (asymmetry * level.std * level.std) - 1) < 1e-6)
      let ratio = try #require(measures.normalizedAsymmetry)
      #expect(abs(ratio.value / normalized - 1) < 1e-6)
    }
  }

  @Test(arguments: EvaluationPlan.Estimator.allCases)
  func estimatesMeetTheExactNumbersWithinTheirErrors(
    estimator: EvaluationPlan.Estimator
  ) throws {
    let (values, asymmetry, normalized) = matrix(12)
    let report = try report(
      work(try LinearField.model(values), examples: 400, unit: 64, estimator: estimator))
    #expect(report.probes == 1)
    let found = try #require(report.mean.asymmetry)
    #expect(found.standardError > 0 && found.standardError < 0.1 * asymmetry)
    #expect(abs(found.value - asymmetry) < 5 * found.standardError)
    // A mean of ratios is biased by more than its error; only the ratio of means is consistent.
    guard estimator == .skew else { return }
    let ratio = try #require(report.mean.normalizedAsymmetry)
    #expect(ratio.standardError > 0)
    #expect(abs(ratio.value - normalized) < 5 * ratio.standardError)
  }

  @Test func gradientFieldsHaveNoAsymmetryWhateverTheProbe() throws {
    let size = 12
    let values = (0..<size * size).map { index -> Float in
      let number = (index / size + 1) * (index % size + 1) % 7
      return Float(number) / 4
    }
    let report = try report(work(try LinearField.model(values), examples: 30, probes: 2))
    let found = try #require(report.mean.asymmetry)
    #expect(found.value >= 0 && found.value < 1e-9)
    #expect(try #require(report.mean.normalizedAsymmetry).value < 1e-12)
  }

  @Test func lossOfAVanishingScoreIsHalfTheNoise() throws {
    let field = try LinearField.model([Float](repeating: 0, count: 144))
    let report = try report(work(field, examples: 300, measuresRotation: false))
    #expect(report.mean.asymmetry == nil && report.mean.normalizedAsymmetry == nil)
    for estimate in report.levels.map(\.measures.dsm) + [report.mean.dsm] {
      // |z|^2 / 2 has mean D / 2 and variance D / 2.
      #expect(abs(estimate.value - 6) < 5 * estimate.standardError)
    }
    let expected = (6.0 / 300).squareRoot()
    #expect(abs(report.levels[0].measures.dsm.standardError / expected - 1) < 0.3)
  }

  @Test func lossDoesNotDependOnProbes() throws {
    let field = try LinearField.model(matrix(12).values)
    let one = try report(work(field, examples: 20, probes: 1))
    let three = try report(work(field, examples: 20, probes: 3))
    #expect(abs(one.mean.dsm.value / three.mean.dsm.value - 1) < 1e-12)
    #expect(one.mean.asymmetry != three.mean.asymmetry)
  }

  @Test func numberOfRanksChangesNothing() throws {
    let work = work(try LinearField.model(matrix(12).values), examples: 50, unit: 8)
    let alone = try report(work)
    for ranks in [2, 3, 20] {
      let parts = try (0..<ranks).map { try work.rows(ofRank: $0, of: ranks) }
      #expect(work.report(parts) == alone, "\(ranks) ranks")
    }
  }

  @Test func aUnitThatDoesNotDivideTheExamplesMeasuresAllOfThem() throws {
    let field = try LinearField.model(matrix(12).values)
    let whole = try report(work(field, examples: 23, unit: 23))
    let pieces = try report(work(field, examples: 23, unit: 7))
    #expect(abs(pieces.mean.dsm.value / whole.mean.dsm.value - 1) < 1e-6)
    let found = try #require(pieces.mean.asymmetry)
    #expect(abs(found.value / (try #require(whole.mean.asymmetry)).value - 1) < 1e-5)
  }

  @Test func defaultTimesAreMiddlesAndReferenceTimesLowerEnds() {
    #expect(EvaluationPlan.times(count: 2, epsilon: 0) == [0.25, 0.75])
    #expect(EvaluationPlan.times(count: 4, epsilon: 0.2, estimator: .reference)[0] == 0.2)
    let last = EvaluationPlan.times(count: 4, epsilon: 0.2, estimator: .reference)[3]
    #expect(abs(last - 0.8) < 1e-15)
  }
}
