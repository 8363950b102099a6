import Scores
import Testing

@testable import Evaluation

@Suite struct SampleDrawingTests {
  private func work(
    samples: Int, groupSize: Int, seed: UInt64 = 3, flow: Bool = true
  ) throws -> SamplingWork {
    let (model, weights) = try GaussianField.model()
    let method: SamplingMethod =
      flow
      ? .probabilityFlow(
        try ProbabilityFlow(sde: model.sde, solver: RungeKutta45(), epsilon: 1e-5),
        denoisingSteps: 1000)
      : .predictorCorrector(
        try PCSampler(
          sde: model.sde, steps: 200, predictor: .reverseDiffusion,
          corrector: .langevin(signalToNoise: 0.16)))
    return SamplingWork(
      groups: try SampleGroups(samples: samples, groupSize: groupSize), method: method,
      model: model, weights: weights, seed: seed)
  }

  @Test(arguments: [true, false])
  func samplesOfAnExactScoreHaveItsVariance(flow: Bool) throws {
    let work = try work(samples: 600, groupSize: 150, flow: flow)
    let set = work.joined([try work.part(ofRank: 0, of: 1)])
    let count = Double(set.values.count)
    let mean = set.values.reduce(0) { $0 + Double($1) } / count
    let variance = set.values.reduce(0) { $0 + Double($1) * Double($1) } / count
    // Errors of a Gaussian sample; the predictor-corrector sampler has a bias of some per cent.
    #expect(abs(mean) < 5 * (0.25 / count).squareRoot())
    let bias = flow ? 0 : 0.05
    #expect(abs(variance / 0.25 - 1) < 5 * (2 / count).squareRoot() + bias)
  }

  @Test(arguments: [true, false])
  func numberOfRanksChangesNothing(flow: Bool) throws {
    let work = try work(samples: 22, groupSize: 5, flow: flow)
    let alone = work.joined([try work.part(ofRank: 0, of: 1)])
    #expect(alone.callsOfGroups.count == 5 && alone.values.count == 66)
    for ranks in [2, 3, 7] {
      let parts = try (0..<ranks).map { try work.part(ofRank: $0, of: ranks) }
      #expect(work.joined(parts) == alone, "\(ranks) ranks")
    }
  }

  @Test func moreSamplesOfASeedBeginWithTheSameOnes() throws {
    let few = try work(samples: 4, groupSize: 4)
    let many = try work(samples: 8, groupSize: 4)
    let (first, all) = (try few.part(ofRank: 0, of: 1), try many.part(ofRank: 0, of: 1))
    #expect(Array(all.values[..<12]) == first.values)
    let other = try work(samples: 4, groupSize: 4, seed: 4).part(ofRank: 0, of: 1)
    #expect(other.values != first.values)
  }

  @Test func callsOfThePCSamplerAreTwoForEachStep() throws {
    let set = try work(samples: 2, groupSize: 2, flow: false).part(ofRank: 0, of: 1)
    #expect(set.callsOfGroups == [400] && set.callsPerSample == 400)
  }
}
