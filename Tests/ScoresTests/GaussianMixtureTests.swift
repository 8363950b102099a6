import Autodiff
import Foundation
import Scores
import TestSupport
import Testing

@Suite struct GaussianMixtureTests {
  static let processes: [any SDE] = {
    guard let ve = try? VE(sigmaMin: 0.05, sigmaMax: 5), let vp = try? VP(),
      let subVP = try? SubVP()
    else { return [] }
    return [ve, vp, subVP]
  }()
  static let mixture = GaussianMixture([
    .init(weight: 0.5, mean: [-1.2, -0.6], std: 0.35),
    .init(weight: 0.3, mean: [1.3, -0.4], std: 0.5),
    .init(weight: 0.2, mean: [0.2, 1.4], std: 0.25),
  ])
  private let point = [0.4, -0.7]

  @Test(arguments: 0..<3) func ratesMatchDifferences(process: Int) {
    let sde = Self.processes[process]
    func marginal(_ time: Double) -> GaussianMixture.Marginal {
      Self.mixture.marginal(at: point, time: time, of: sde)
    }
    let (now, before, after) = (marginal(0.4), marginal(0.3999), marginal(0.4001))
    #expect(abs((after.logDensity - before.logDensity) / 2e-4 - now.logDensityRate) < 1e-5)
    for axis in 0..<2 {
      let slope = (after.score[axis] - before.score[axis]) / 2e-4
      #expect(abs(slope - now.scoreRate[axis]) < 1e-5)
    }
  }

  @Test(arguments: 0..<3) func densityFollowsTheFokkerPlanckEquation(process: Int) {
    let sde = Self.processes[process]
    for time in [0.05, 0.3, 0.7, 0.95] {
      let marginal = Self.mixture.marginal(at: point, time: time, of: sde)
      let (a, g) = (sde.driftFactor(at: time), sde.diffusion(at: time))
      let square = marginal.score.reduce(0) { $0 + $1 * $1 }
      let product = zip(point, marginal.score).reduce(0) { $0 + $1.0 * $1.1 }
      let expected = 0.5 * g * g * (marginal.divergence + square) - a * product - 2 * a
      #expect(abs(marginal.logDensityRate - expected) < 1e-9 * (1 + abs(expected)))
    }
  }

  @Test(arguments: 0..<3) func graphAndFormulaAgree(process: Int) throws {
    let (sde, time) = (Self.processes[process], 0.4)
    let graph = Graph()
    let score = Self.mixture.score(
      at: graph.input("x", [1, 2]), meanFactor: graph.input("m", [1]),
      standardDeviation: graph.input("s", [1]))
    let found = try ReferenceEvaluator([
      "x": point, "m": [sde.meanFactor(at: time)], "s": [sde.std(at: time)],
    ]).evaluate(score)
    let expected = Self.mixture.marginal(at: point, time: time, of: sde).score
    #expect(comparison("score", found: found, expected: expected, tolerance: 1e-6) == [])
  }

  @Test(arguments: 0..<3) func residualVanishesInDoublePrecision(process: Int) throws {
    let (sde, time) = (Self.processes[process], 0.4)
    let program = ResidualProgram(Self.mixture, batch: 1).program
    var inputs = ["x": point]
    for input in LevelInput.allCases {
      inputs[input.rawValue] = [input.value(at: time, of: sde, told: .sigma)]
    }
    let results = try ReferenceEvaluator(inputs).evaluate(program)
    let (residual, rate) = (results["residual_norm"]?[0] ?? .nan, results["rate_norm"]?[0] ?? 0)
    #expect(residual < 1e-9 * rate)
    let marginal = Self.mixture.marginal(at: point, time: time, of: sde)
    #expect(
      comparison(
        "rate", found: results["score_rate"] ?? [], expected: marginal.scoreRate, tolerance: 1e-6)
        == [])
  }
}
