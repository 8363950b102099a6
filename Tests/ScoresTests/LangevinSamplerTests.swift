import Scores
import Testing

@Suite struct LangevinSamplerTests {
  // x' = (1 - a) x + e z with a = e^2 / (2 v) has the stationary variance e^2 / (1 - (1 - a)^2).
  @Test func varianceIsThatOfTheDiscreteChain() throws {
    let score = GaussianScore(sde: try VE(sigmaMin: 0.01, sigmaMax: 3), mean: [2, -1], std: 1)
    let sampler = try LangevinSampler(time: 1, stepSize: 2, steps: 60)
    let variance = score.variance(at: 1)
    let contraction = 1 - 4 / (2 * variance)
    let expected = 4 / (1 - contraction * contraction)
    let samples = try sampler.sample(0..<4000, dimensions: 2, seed: 7, score: score.callAsFunction)
    for (axis, centre) in [2.0, -1].enumerated() {
      let values = stride(from: axis, to: samples.count, by: 2).map { Double(samples[$0]) }
      let mean = values.reduce(0, +) / 4000
      let found = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3999
      // Five standard errors.
      #expect(abs(mean - centre) < 5 * (expected / 4000).squareRoot())
      #expect(abs(found - expected) < 5 * expected * (2.0 / 4000).squareRoot())
    }
  }

  @Test func samplesDoNotDependOnTheSplit() throws {
    let score = GaussianScore(sde: try VE(), mean: [0, 1], std: 1)
    let sampler = try LangevinSampler(time: 0.5, stepSize: 0.3, steps: 5)
    func samples(_ range: Range<Int>) throws -> [Float] {
      try sampler.sample(range, dimensions: 2, seed: 3, score: score.callAsFunction)
    }
    #expect(try samples(0..<6) == samples(0..<2) + samples(2..<6))
  }

  @Test func settingsOutOfRangeAreErrors() {
    #expect(throws: ScoresError.self) { try LangevinSampler(time: 1, stepSize: 0) }
    #expect(throws: ScoresError.self) { try LangevinSampler(time: 1, stepSize: 1, steps: 0) }
    #expect(throws: ScoresError.self) {
      try LangevinSampler(time: 1, stepSize: 1, noiseFactor: -1)
    }
  }

  // The product of two Gaussian densities is a Gaussian density.
  @Test func guidanceAddsAMultipleOfTheLikelihoodScore() throws {
    let prior: BatchScore = { states, _, scores in
      for index in states.indices { scores[index] = -states[index] }
    }
    let likelihood: BatchScore = { states, _, scores in
      for index in states.indices { scores[index] = 4 - states[index] }
    }
    let guided = guidedScore(prior: prior, likelihood: likelihood, factor: 3)
    var scores: [Float] = [0, 0]
    try guided([1, 2], 0.5, &scores)
    #expect(scores == [8, 4])
    var shorter: [Float] = [0]
    try guided([3], 0.5, &shorter)
    #expect(shorter == [0])
  }
}
