import Foundation
import Scores
import Testing

@Suite struct PCSamplerTests {
  private let mean = [0.5, -1.0]
  private let std = 0.25

  @Test func exactScoreGivesTheDataDistribution() throws {
    for (sde, predictor, corrector) in [
      (
        try VE(sigmaMin: 0.01, sigmaMax: 10), Predictor.reverseDiffusion,
        Corrector.langevin(signalToNoise: 0.16)
      ),
      (try VP(), .eulerMaruyama, .none), (try VP(), .ancestral, .none),
      (try SubVP(), .reverseDiffusion, .none),
    ] as [(any SDE, Predictor, Corrector)] {
      let sampler = try PCSampler(
        sde: sde, steps: 200, predictor: predictor, corrector: corrector)
      let score = GaussianScore(sde: sde, mean: mean, std: std)
      let samples = try sampler.sample(0..<1000, dimensions: 2, seed: 1) { score($0, $1, &$2) }
      for coordinate in 0..<2 {
        let values = stride(from: coordinate, to: 2000, by: 2).map { Double(samples.states[$0]) }
        let average = values.reduce(0, +) / 1000
        let spread =
          (values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 1000).squareRoot()
        // Four standard errors of the mean are 0.03, of the std 0.022; discretisation adds to it.
        #expect(abs(average - mean[coordinate]) < 0.05, "\(sde.name) \(predictor)")
        #expect(abs(spread - std) < 0.04, "\(sde.name) \(predictor)")
      }
    }
  }

  @Test func callsCountTheNetwork() throws {
    let sde = try VE()
    let score = GaussianScore(sde: sde, mean: mean, std: std)
    for (predictor, corrector, expected) in [
      (Predictor.reverseDiffusion, Corrector.langevin(signalToNoise: 0.16), 20),
      (.reverseDiffusion, .none, 10), (.none, .langevin(signalToNoise: 0.16, steps: 3), 30),
    ] {
      let sampler = try PCSampler(
        sde: sde, steps: 10, predictor: predictor, corrector: corrector)
      var calls = 0
      let samples = try sampler.sample(0..<4, dimensions: 2, seed: 0) {
        calls += 1
        score($0, $1, &$2)
      }
      #expect(samples.calls == expected)
      #expect(sampler.calls == expected)
      #expect(calls == expected)
    }
  }

  @Test func samplesWithoutCouplingDoNotDependOnTheirBatch() throws {
    let sde = try VP()
    let score = GaussianScore(sde: sde, mean: mean, std: std)
    let sampler = try PCSampler(
      sde: sde, steps: 30, predictor: .eulerMaruyama, corrector: .none)
    let whole = try sampler.sample(0..<6, dimensions: 2, seed: 3) { score($0, $1, &$2) }
    let part = try sampler.sample(4..<6, dimensions: 2, seed: 3) { score($0, $1, &$2) }
    #expect(Array(whole.states[8...]) == part.states)
    let other = try sampler.sample(4..<6, dimensions: 2, seed: 4) { score($0, $1, &$2) }
    #expect(other.states != part.states)
  }

  @Test func denoisingRemovesTheLastNoise() throws {
    let sde = try VE()
    let score = GaussianScore(sde: sde, mean: mean, std: std)
    let samplers = try [true, false].map {
      try PCSampler(
        sde: sde, steps: 20, predictor: .reverseDiffusion, corrector: .none, denoises: $0)
    }
    let states = try samplers.map {
      try $0.sample(0..<200, dimensions: 2, seed: 5) { score($0, $1, &$2) }.states
    }
    let difference = zip(states[0], states[1]).map { Double($0 - $1) }
    let spread = (difference.reduce(0) { $0 + $1 * $1 } / 400).squareRoot()
    // The noise of the last step has the std of the lowest level.
    #expect(abs(spread - 0.01) < 0.002)
  }

  @Test func anErrorOfTheProgressClosureStopsTheSampler() throws {
    struct Stop: Error {}
    let sampler = try PCSampler(
      sde: VE(), steps: 10, predictor: .reverseDiffusion, corrector: .none)
    var calls = 0
    #expect(throws: Stop.self) {
      try sampler.sample(
        0..<1, dimensions: 1, seed: 0, progress: { if $0 == 3 { throw Stop() } },
        score: { _, _, _ in calls += 1 })
    }
    #expect(calls == 3)
  }

  @Test func ancestralSamplingOfSubVPIsRefused() throws {
    #expect {
      try PCSampler(sde: SubVP(), steps: 100, predictor: .ancestral, corrector: .none)
    } throws: {
      "\($0)" == "ancestral sampling is not defined for sub-VP, expected VE or VP"
    }
  }

  @Test func sharesOfAGroupCoverItOnce() throws {
    let groups = try SampleGroups(samples: 23, groupSize: 10)
    #expect(Array(groups) == [0..<10, 10..<20, 20..<23])
    for size in 1...5 {
      for group in groups.indices {
        let shares = (0..<size).map { groups.share(of: group, rank: $0, size: size) }
        #expect(shares.flatMap { Array($0) } == Array(groups[group]))
      }
    }
    #expect(throws: ScoresError.self) { try SampleGroups(samples: 1, groupSize: 0) }
  }
}
