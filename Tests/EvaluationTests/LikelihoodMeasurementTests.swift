import Datasets
import Execution
import Foundation
import Randomness
import Scores
import Testing

@testable import Evaluation

@Suite struct LikelihoodMeasurementTests {
  /// Points of `N(0, variance I)` in three dimensions.
  private struct GaussianPoints: Dataset {
    let name = "gaussian"
    let count = 60
    let shape = [3]
    func copyExample(
      _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
    ) {
      RandomStream(seed: 8, purpose: .diagnostics, example: UInt64(index)).fillNormal(out)
      for axis in out.indices { out[axis] *= GaussianField.variance.squareRoot() }
    }
  }

  private func work(
    _ divergence: LikelihoodPlan.Divergence, draws: Int = 1, examples: Int = 50
  ) throws -> LikelihoodWork {
    let field = try GaussianField.model()
    let plan = LikelihoodPlan(
      examples: examples, groupSize: 7, draws: draws, divergence: divergence,
      solver: try RungeKutta45(), range: .unit, seed: 2, unit: 4)
    return try LikelihoodWork(
      model: field.model, weights: field.weights, plan: plan, data: GaussianPoints())
  }

  /// The exact nats of a point under the flow's prior, which differs from the marginal at time 1.
  private func exactNats(of example: Int, sde: any SDE) -> Double {
    let variance = Double(GaussianField.variance)
    let marginal = variance + sde.std(at: 1) * sde.std(at: 1)
    let start = variance + sde.std(at: 1e-5) * sde.std(at: 1e-5)
    // The flow scales each coordinate by the ratio of standard deviations.
    let ratio = (marginal / start).squareRoot()
    let latent = GaussianPoints().example(example).map { Double($0) * ratio }
    return -sde.priorLogDensity(of: latent) - 3 * log(ratio)
  }

  @Test(arguments: LikelihoodPlan.Divergence.allCases) func ofAGaussianItIsTheClosedForm(
    divergence: LikelihoodPlan.Divergence
  ) throws {
    // The Jacobian is a multiple of the unit matrix, of which one probe tells the exact trace.
    let work = try work(divergence)
    let report = work.likelihoods([try work.rows(ofRank: 0, of: 1)]).report
    let sde = try GaussianField.model().model.sde
    let exact = (0..<50).map { exactNats(of: $0, sde: sde) }.reduce(0, +) / 50
    #expect(abs(report.nats.value - exact) < 1e-3)
    #expect(abs(report.bitsPerDimension.value - (exact / (3 * M_LN2) + 8)) < 1e-3)
    #expect(report.offset == 8 && report.examples == 50)
    #expect(report.calls > 20)
  }

  @Test func ranksDoNotMatter() throws {
    let work = try work(.hutchinson, draws: 2)
    let one = work.likelihoods([try work.rows(ofRank: 0, of: 1)])
    let four = work.likelihoods(try (0..<4).map { try work.rows(ofRank: $0, of: 4) })
    #expect(one == four)
    #expect(one.report.nats.standardError > 0)
  }
}
