import Datasets
import Execution
import Scores
import Testing

@testable import Evaluation

@Suite struct FieldMeasurementTests {
  /// One point many times over, so that the exact score is `(p - x) / s^2`.
  private struct RepeatedPoint: Dataset {
    let name = "point"
    let count = 1200
    let shape = [3]
    func copyExample(
      _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
    ) {
      for axis in out.indices { out[axis] = Float(axis) }
    }
  }

  private func work(
    _ matrix: [Float], form: FieldPlan.Form, examples: Int = 1100
  ) throws -> FieldWork {
    let field = try LinearField.model(matrix)
    return try FieldWork(
      model: field.model, weights: field.weights,
      plan: FieldPlan(form, levels: 2, examples: examples, seed: 3), data: RepeatedPoint())
  }

  @Test func ofALinearFieldTheErrorIsThatOfTheMatrix() throws {
    // s(x) = -x / s^2 at the first level's s is off by p / s^2 there.
    let std = try VE(sigmaMin: 0.1, sigmaMax: 3).std(at: 0.25 * (1 - 1e-5) + 1e-5 * 0.75)
    let entry = Float(-1 / (std * std))
    let matrix: [Float] = [entry, 0, 0, 0, entry, 0, 0, 0, entry]
    let report = try FieldWork.singleRank(work(matrix, form: .matched))
    let first = report.levels[0]
    #expect(abs(first.std / std - 1) < 1e-3)
    let expected = 0.5 * 5 / (first.std * first.std * first.std * first.std)
    #expect(abs(first.measures.scoreError.value / expected - 1) < 1e-2)
    #expect(report.mean.asymmetry.value == 0)
  }

  @Test(arguments: FieldPlan.Form.allCases) func asymmetryIsThatOfTheMatrix(
    form: FieldPlan.Form
  ) throws {
    let matrix: [Float] = [1, 2, 0, -1, 3, 0.5, 0, 0.25, -2]
    let report = try FieldWork.singleRank(work(matrix, form: form))
    // Differences 3 and 0.25, each twice; squared norm 19.3125.
    let asymmetry = 9 + 0.0625
    #expect(abs(report.mean.asymmetry.value - asymmetry) < 1e-5)
    #expect(abs(report.mean.normalizedAsymmetry.value - 0.5 * asymmetry / 19.3125) < 1e-6)
    #expect(report.levels.count == 2)
  }

  @Test func theReferenceAsksAtLaterTimesThanItsNoise() {
    let levels = FieldPlan(.reference, levels: 10, seed: 0).levels
    #expect(levels[0] == FieldPlan.Level(noiseTime: 0, modelTime: 0.1))
    #expect(levels[9] == FieldPlan.Level(noiseTime: 9.0 / 11, modelTime: 1))
  }

  @Test(arguments: FieldPlan.Form.allCases) func ranksDoNotMatter(form: FieldPlan.Form) throws {
    let matrix: [Float] = [1, 2, 0, -1, 3, 0.5, 0, 0.25, -2]
    let work = try work(matrix, form: form)
    let one = work.report([try work.rows(ofRank: 0, of: 1)])
    let three = work.report(try (0..<3).map { try work.rows(ofRank: $0, of: 3) })
    #expect(one == three)
    #expect(one.mean.scoreError.standardError > 0)
  }
}

extension FieldWork {
  fileprivate static func singleRank(_ work: FieldWork) throws -> FieldReport {
    work.report([try work.rows(ofRank: 0, of: 1)])
  }
}
