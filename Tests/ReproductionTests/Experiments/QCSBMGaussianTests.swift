import Foundation
import MPI
import Testing

@testable import Reproduction

@Suite struct QCSBMGaussianTests {
  @Test func allPublishedFiguresComeOut() throws {
    let context = ExperimentContext(
      over: try MPIEnvironment.start().world, folder: URL(filePath: "/nonexistent"), say: { _ in })
    let report = try QCSBMGaussian(ExperimentOptions()).run(in: context)
    let findings = report.tables.flatMap(\.findings)
    #expect(findings.count == 14 + 21)
    for finding in findings {
      #expect(finding.agrees == true, "\(finding.quantity): \(finding.mean)")
    }
  }

  @Test func jacobianIsTheDerivativeOfTheScore() {
    for direction in [PerturbedGaussian.Direction.constrained, .unconstrained] {
      let field = PerturbedGaussian(error: 1.5e-3, direction: direction)
      for point in [SIMD2(0.1, -0.2), SIMD2(-0.35, 0.05), SIMD2(1.2, 0.4), SIMD2(2.5, -1.5)] {
        let (first, second) = field.jacobian(at: point)
        for axis in 0..<2 {
          var step = SIMD2<Double>.zero
          step[axis] = 1e-6
          let slope = (field.score(at: point + step) - field.score(at: point - step)) / 2e-6
          let size = max(abs(slope.x), abs(slope.y), 1)
          #expect(abs(slope.x - first[axis]) < 1e-6 * size)
          #expect(abs(slope.y - second[axis]) < 1e-6 * size)
        }
      }
    }
  }
}
