import Evaluation
import Execution
import Foundation
import Randomness
import Testing

@Suite struct FeatureScoreTests {
  private func features(step: UInt64, shift: Double) -> DenseMatrix {
    let values = RandomStream(seed: 9, purpose: .diagnostics, step: step).normal(count: 600 * 2)
    return DenseMatrix(rows: 600, columns: 2, values: values.map { Double($0) + shift })
  }

  @Test func kernelDistanceIsUnbiasedAndSeesAShift() {
    let real = features(step: 0, shift: 0)
    let equal = KernelDistance(
      real: real, fake: features(step: 1, shift: 0), count: 20, size: 100, seed: 1)
    let error = equal.deviation / Double(equal.subsets.count).squareRoot()
    #expect(abs(equal.mean) < 5 * error)
    #expect(equal.subsets.contains { $0 < 0 })
    let shifted = KernelDistance(
      real: real, fake: features(step: 1, shift: 1), count: 20, size: 100, seed: 1)
    #expect(shifted.mean > 1)
  }

  @Test func inceptionScoreCountsClassesThatAreSureAndEven() {
    let classes = 5
    let sure = (0..<20).flatMap { row in (0..<classes).map { row % classes == $0 ? 1e3 : 0.0 } }
    let logits = DenseMatrix(rows: 20, columns: classes, values: sure)
    #expect(abs(InceptionScore(logits: logits).mean - 5) < 1e-12)
    let unsure = DenseMatrix(rows: 20, columns: classes, values: [Double](repeating: 7, count: 100))
    #expect(abs(InceptionScore(logits: unsure).mean - 1) < 1e-12)
    #expect(InceptionScore(logits: logits, parts: 4).parts.count == 4)
  }
}
