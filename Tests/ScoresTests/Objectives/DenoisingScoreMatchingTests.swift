import Autodiff
import Scores
import TestSupport
import Testing

@Suite struct DenoisingScoreMatchingTests {
  private let graph = Graph()

  private func losses(_ loss: DenoisingScoreMatching) throws -> [Double] {
    let value = loss.losses(
      score: graph.input("s", [2, 2, 1]), noise: graph.input("z", [2, 2, 1]),
      standardDeviation: graph.input("std", [2]),
      weight: loss.isWeighted ? graph.input("weight", [2]) : nil)
    return try ReferenceEvaluator([
      "s": [1, 2, -1, 0.5], "z": [0.5, 0, 2, -1], "std": [0.5, 2], "weight": [4, 0.25],
    ]).evaluate(value)
  }

  @Test func reductionsAreSumHalfSumAndMean() throws {
    #expect(try losses(DenoisingScoreMatching(reduction: .sum)) == [2, 0])
    #expect(try losses(DenoisingScoreMatching(reduction: .halfSum)) == [1, 0])
    #expect(try losses(DenoisingScoreMatching(reduction: .mean)) == [1, 0])
  }

  @Test func weightMultipliesEachExample() throws {
    #expect(try losses(DenoisingScoreMatching(reduction: .sum, isWeighted: true)) == [8, 0])
  }

  // (g / s)^2 |s score + z|^2 = g^2 |score + z / s|^2.
  @Test func likelihoodWeightIsTheSquaredDiffusionOverTheVariance() throws {
    let sde = try VE(sigmaMin: 0.1, sigmaMax: 3)
    let expected = 2 * 3.4011973816621555
    #expect(abs(sde.likelihoodWeight(at: 0.3) - expected) < 1e-12)
  }
}
