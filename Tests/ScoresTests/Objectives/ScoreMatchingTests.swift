import Autodiff
import Scores
import TestSupport
import Testing

@Suite struct ScoreMatchingTests {
  private let graph = Graph()
  private let x: Value
  private let score: Value
  private let std: Value
  private let evaluator: ReferenceEvaluator

  init() {
    x = graph.input("x", [2, 2])
    score = tanh(matrixProduct(x, graph.input("A", [2, 2]))) + 0.3 * x
    std = graph.input("std", [2])
    evaluator = ReferenceEvaluator([
      "x": [0.3, -0.8, 0.5, 1.1], "A": [1, 0.5, -0.3, 0.2], "std": [0.5, 2],
    ])
  }

  private func losses(_ loss: SlicedScoreMatching, probes: [[Float]]) throws -> [Double] {
    let values = probes.map { graph.literal($0, [1, 2]).broadcast(to: [2, 2]) }
    return try evaluator.evaluate(
      loss.losses(score: score, at: x, probes: values, standardDeviation: std))
  }

  // All sign vectors: their mean is the mean over Rademacher probes, without sampling error.
  @Test(arguments: SlicedScoreMatching.Form.allCases)
  func meanOverAllProbesIsTheImplicitLoss(_ form: SlicedScoreMatching.Form) throws {
    let implicit = try evaluator.evaluate(
      ImplicitScoreMatching().losses(score: score, at: x, standardDeviation: std))
    let sliced = try losses(
      SlicedScoreMatching(projections: 4, form: form),
      probes: [[1, 1], [1, -1], [-1, 1], [-1, -1]])
    #expect(comparison("mean", found: sliced, expected: implicit, tolerance: 1e-12) == [])
  }

  @Test func implicitLossIsTraceAndHalfSquareTimesTheVariance() throws {
    let implicit = try evaluator.evaluate(
      ImplicitScoreMatching().losses(score: score, at: x, standardDeviation: std))
    let trace = try evaluator.evaluate(divergence(of: score, at: x))
    let values = try evaluator.evaluate(score)
    let expected = (0..<2).map { index in
      let square =
        values[2 * index] * values[2 * index] + values[2 * index + 1] * values[2 * index + 1]
      return (index == 0 ? 0.25 : 4) * (trace[index] + 0.5 * square)
    }
    #expect(comparison("loss", found: implicit, expected: expected, tolerance: 1e-12) == [])
    let mean = try evaluator.evaluate(
      ImplicitScoreMatching(reduction: .mean).losses(score: score, at: x, standardDeviation: std))
    #expect(comparison("mean", found: mean, expected: implicit, tolerance: 1e-12) == [])
  }

  // For a linear score of one Gaussian all expectations are sums: x = s z, score = c x.
  @Test func denoisingExceedsTheImplicitLossByHalfTheDimensions() throws {
    let graph = Graph()
    // Points and noise with the second moments of a standard normal.
    let root = Float(2).squareRoot()
    let z = graph.literal([root, 0, -root, 0, 0, root, 0, -root], [4, 2])
    let deviation = graph.literal([0.7, 0.7, 0.7, 0.7], [4])
    let x = graph.input("x", [4, 2])
    let score = -0.8 * x
    let evaluator = ReferenceEvaluator([
      "x": try ReferenceEvaluator([:]).evaluate(z).map { 0.7 * $0 }
    ])
    let denoising = try evaluator.evaluate(
      DenoisingScoreMatching().losses(score: score, noise: z, standardDeviation: deviation))
    let implicit = try evaluator.evaluate(
      ImplicitScoreMatching().losses(score: score, at: x, standardDeviation: deviation))
    let difference = zip(denoising, implicit).reduce(0) { $0 + $1.0 - $1.1 } / 4
    #expect(abs(difference - 1) < 1e-6)
  }

  @Test func probesAreDealtOutInOrder() {
    let objective = Objective(
      matching: .sliced(SlicedScoreMatching(projections: 2)),
      penalties: [
        .quasiConservative(QuasiConservative(strength: 1, probes: 3)),
        .fokkerPlanck(FokkerPlanck(strength: 1, pairsProbes: true)),
      ])
    #expect(objective.probeCount == 7)
    #expect(objective.denoising == DenoisingScoreMatching())
  }
}
