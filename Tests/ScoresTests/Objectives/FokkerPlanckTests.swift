import Autodiff
import Networks
import Scores
import TestSupport
import Testing

/// The penalty of a small smooth network, in double precision.
@Suite struct FokkerPlanckTests {
  private let model = ScoreModel(
    network: SmoothMLP(
      dimension: 2, hidden: [(width: 5, activation: .swish), (width: 4, activation: .tanh)],
      noiseCoordinate: .logarithm), conversion: .noise)
  private let count = 3

  private func inputs(_ sde: any SDE, probes: Int = 0) -> [String: [Double]] {
    var inputs = Dictionary(
      uniqueKeysWithValues: model.network.parameters.enumerated().map {
        ($1.name, $1.initialValues(seed: 3, index: $0).map(Double.init))
      })
    for input in LevelInput.allCases {
      inputs[input.rawValue] = [0.2, 0.5, 0.9].map {
        input.value(at: $0, of: sde, told: .sigma)
      }
    }
    inputs["x"] = uniformElements(2 * count, seed: 1)
    inputs["z"] = uniformElements(2 * count, seed: 2)
    for probe in 0..<probes {
      inputs[ProgramInput.probe(probe)] = uniformElements(2 * count, seed: UInt64(5 + probe)).map {
        $0 < 0 ? -1 : 1
      }
    }
    return inputs
  }

  private func results(
    _ penalty: FokkerPlanck, _ inputs: [String: [Double]]
  ) throws -> [String: [Double]] {
    let objective = Objective(matching: nil, penalties: [.fokkerPlanck(penalty)])
    return try ReferenceEvaluator(inputs).evaluate(
      TrainingProgram(model, objective: objective, batch: count, globalBatch: count).program)
  }

  @Test(arguments: 0..<3, [FokkerPlanck.Divergence.probes, .exact])
  func bothRoutesGiveTheSameLossAndGradient(
    process: Int, divergence: FokkerPlanck.Divergence
  ) throws {
    let inputs = inputs(GaussianMixtureTests.processes[process], probes: 2)
    let routes = try FokkerPlanckEquation.GradientRoute.allCases.map {
      try results(
        FokkerPlanck(strength: 1, divergence: divergence, route: $0, probes: 2), inputs)
    }
    #expect((routes[0]["fpe"]?[0] ?? 0) > 1e-3)
    for (name, values) in routes[0] {
      #expect(
        comparison(name, found: routes[1][name] ?? [], expected: values, tolerance: 1e-12) == [])
    }
  }

  @Test func gradientsMatchDifferences() throws {
    let sde = try VP()
    for penalty in [
      FokkerPlanck(strength: 1, divergence: .exact),
      FokkerPlanck(strength: 1, exponent: 3, weight: .diffusion, divergence: .exact),
      FokkerPlanck(strength: 1, timeDerivative: .stencil, route: .nested),
    ] {
      let base = inputs(sde, probes: 1)
      let found = try results(penalty, base)
      let name = "layers.2.weight"
      func loss(_ step: Double) throws -> Double {
        var moved = base
        moved[name]?[3] += step
        return try results(penalty, moved)["loss"]?[0] ?? .nan
      }
      let slope = try (loss(1e-4) - loss(-1e-4)) / 2e-4
      let gradient = found["gradient/" + name]?[3] ?? .nan
      #expect(abs(gradient - slope) < 1e-5 * max(1, abs(slope)), "\(penalty)")
    }
  }

  // Four probes are all sign vectors of the plane: their mean is exact.
  @Test func pairedProbesAreUnbiasedAndASquareIsNot() throws {
    let sde = try VE(sigmaMin: 0.1, sigmaMax: 3)
    let exact = try results(FokkerPlanck(strength: 1, divergence: .exact), inputs(sde))
    let signs: [[Double]] = [[1, 1], [1, -1], [-1, 1], [-1, -1]]
    func mean(_ penalty: FokkerPlanck) throws -> [Double] {
      var sum = [Double](repeating: 0, count: count)
      for first in signs {
        for second in signs {
          var inputs = inputs(sde)
          inputs["v0"] = (0..<count).flatMap { _ in first }
          inputs["v1"] = (0..<count).flatMap { _ in second }
          let examples = try results(penalty, inputs)["fpe_examples"] ?? []
          for index in sum.indices { sum[index] += examples[index] / 16 }
        }
      }
      return sum
    }
    let paired = try mean(FokkerPlanck(strength: 1, pairsProbes: true))
    let single = try mean(FokkerPlanck(strength: 1))
    let expected = exact["fpe_examples"] ?? []
    #expect(comparison("paired", found: paired, expected: expected, tolerance: 1e-12) == [])
    #expect(zip(single, expected).allSatisfy { $0 > $1 * (1 + 1e-6) })
  }

  @Test func stencilApproachesTheExactDerivative() throws {
    for process in GaussianMixtureTests.processes {
      let inputs = inputs(process, probes: 1)
      let exact = try results(FokkerPlanck(strength: 1), inputs)["fpe_examples"] ?? []
      let stencil =
        try results(FokkerPlanck(strength: 1, timeDerivative: .stencil), inputs)["fpe_examples"]
        ?? []
      #expect(zip(stencil, exact).allSatisfy { abs($0 - $1) < 1e-3 * $1 && $0 != $1 })
    }
  }

  @Test func scalarTermIsTheNormOverTheBatch() throws {
    let sde = try VP()
    let penalty = FokkerPlanck(
      strength: 0, scalarStrength: 0.5, scalarForm: .meanZero, divergence: .exact)
    let objective = Objective(matching: nil, penalties: [.fokkerPlanck(penalty)])
    let program = try #require(ScalarNormProgram(model, objective: objective, batch: count))
    func norm(_ inputs: [String: [Double]]) throws -> Double {
      let squares = try ReferenceEvaluator(inputs).evaluate(program.program)["squares"] ?? []
      return squares.reduce(0, +).squareRoot()
    }
    var base = inputs(sde)
    let expected = try norm(base)
    base[ProgramInput.scalarNormReciprocal] = [1 / expected]
    let found = try results(penalty, base)
    // One third of the batch is a constant in single precision.
    #expect(abs((found["fpe_scalar"]?[0] ?? .nan) - expected) < 1e-7 * expected)
    #expect(abs((found["loss"]?[0] ?? .nan) - 0.5 * expected) < 1e-7 * expected)
    let name = "layers.0.weight"
    func moved(_ step: Double) throws -> Double {
      var inputs = base
      inputs[name]?[2] += step
      return try 0.5 * norm(inputs)
    }
    let slope = try (moved(1e-4) - moved(-1e-4)) / 2e-4
    #expect(abs((found["gradient/" + name]?[2] ?? .nan) - slope) < 1e-6 * max(1, abs(slope)))
  }

  // The mean over the density of q vanishes for the exact score only with the drift's divergence.
  @Test func formsOfTheScalarDifferByTheDivergenceOfTheDrift() throws {
    let inputs = inputs(try VP())
    func squares(_ form: FokkerPlanck.ScalarForm) throws -> [Double] {
      let penalty = FokkerPlanck(
        strength: 0, scalarStrength: 1, scalarForm: form, divergence: .exact)
      let objective = Objective(matching: nil, penalties: [.fokkerPlanck(penalty)])
      let program = try #require(ScalarNormProgram(model, objective: objective, batch: count))
      return try ReferenceEvaluator(inputs).evaluate(program.program)["squares"] ?? []
    }
    let (code, zero) = (try squares(.code), try squares(.meanZero))
    let drifts = inputs[LevelInput.driftFactor.rawValue] ?? []
    for index in 0..<count {
      let shift = -2 * drifts[index]
      let candidates = [code[index].squareRoot(), -code[index].squareRoot()].map {
        ($0 + shift) * ($0 + shift)
      }
      #expect(candidates.contains { abs($0 - zero[index]) < 1e-9 * (1 + zero[index]) })
    }
  }

  @Test func dropoutIsOffInThePenalty() throws {
    var configuration = NCSNppConfiguration(
      imageSize: 8, imageChannels: 1, width: 4, channelMultipliers: [1], residualBlocks: 1)
    configuration.dropout = 0.1
    configuration.attentionResolutions = []
    let model = ScoreModel(network: try NCSNpp(configuration), conversion: .direct)
    let objective = Objective(
      matching: nil, penalties: [.fokkerPlanck(FokkerPlanck(strength: 1))])
    let program = TrainingProgram(model, objective: objective, batch: 1, globalBatch: 1).program
    #expect(!program.inputs.contains { $0.name == "dropout_keys" })
  }
}
