import Autodiff
import Networks
import TestSupport
import Testing

/// `f(x) = x A^T`, for which scores and energies have closed forms.
private struct LinearNetwork: Network {
  let weight = Parameter(name: "A", shape: [2, 2], initialization: .zeros)
  var parameters: [Parameter] { [weight] }
  var exampleShape: Shape { [2] }

  func output(
    _ x: Value, noise: Value, parameters: ParameterValues, dropout: DropoutKeys?,
    recorder: ActivationRecorder?
  ) -> Value {
    matrixProduct(x, parameters[weight], transposeSecond: true)
  }
}

@Suite struct ScoreModelTests {
  private let matrix = [1.5, -0.25, 0.75, 2.0]
  private let points = [0.5, -1.0, 2.0, 0.25]
  private let deviations = [0.5, 3.0]

  @Test func conversionsMatchTheirFormulas() throws {
    for (row, deviation) in deviations.enumerated() {
      let x = Array(points[2 * row..<2 * row + 2])
      let f = apply(matrix, x)
      let found = try OutputConversion.allCases.map {
        Array(try score(conversion: $0)[2 * row..<2 * row + 2])
      }
      #expect(found[0] == f)
      expectEqual(found[1], f.map { -$0 / deviation })
      expectEqual(found[2], zip(x, f).map { ($0 - $1) / deviation })
    }
  }

  @Test func conservativeScoreIsMinusTheGradientOfTheEnergy() throws {
    // -grad 1/2 |A x|^2 c = -c A^T A x, with c = 1/std (code) or std (equation).
    for (row, deviation) in deviations.enumerated() {
      let x = Array(points[2 * row..<2 * row + 2])
      let transposed = [matrix[0], matrix[2], matrix[1], matrix[3]]
      let gradient = apply(transposed, apply(matrix, x))
      for (form, factor) in [(EnergyForm.code, 1 / deviation), (.equation, deviation)] {
        let found = try score(conversion: .direct, energy: form)
        expectEqual(Array(found[2 * row..<2 * row + 2]), gradient.map { -factor * $0 })
      }
    }
  }

  @Test func equationFormIsTheSquaredResidualOverTwiceTheDeviation() throws {
    let (model, graph) = (makeModel(.residual, .equation), Graph())
    let energy = try #require(
      model.energy(
        graph.input("x", [2, 2]), noise: graph.input("std", [2]),
        standardDeviation: graph.input("std", [2]),
        parameters: ParameterValues(inputsOf: graph)))
    let found = try evaluator.evaluate(energy)
    for (row, deviation) in deviations.enumerated() {
      let x = Array(points[2 * row..<2 * row + 2])
      let square = zip(x, apply(matrix, x)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      #expect(abs(found[row] - square / (2 * deviation)) < 1e-12)
    }
  }

  @Test func unconstrainedModelHasNoEnergy() {
    let graph = Graph()
    let energy = makeModel(.direct, nil).energy(
      graph.input("x", [2, 2]), noise: graph.input("std", [2]),
      standardDeviation: graph.input("std", [2]), parameters: ParameterValues(inputsOf: graph))
    #expect(energy == nil)
  }

  @Test func jacobianOfAConservativeScoreIsSymmetric() throws {
    let network = ToyMLP(outputActivation: .leakyReLU(slope: 0.1))
    let model = ScoreModel(network: network, conversion: .residual, energyForm: .equation)
    let graph = Graph()
    let (x, probe) = (graph.input("x", [2, 2]), graph.input("v", [2, 2]))
    let score = model.score(
      x, noise: graph.input("std", [2]), standardDeviation: graph.input("std", [2]),
      parameters: ParameterValues(inputsOf: graph))
    var evaluator = evaluator
    evaluator.inputs["v"] = [0.3, -1, 2, 0.7]
    for (index, parameter) in network.parameters.enumerated() {
      evaluator.inputs[parameter.name] = parameter.initialValues(seed: 5, index: index)
        .map(Double.init)
    }
    let results = try evaluator.evaluate([
      vjp(of: score, at: x, cotangent: probe), jvp(of: score, at: x, tangent: probe),
    ])
    expectEqual(results[0], results[1])
    #expect(results[0].allSatisfy { abs($0) > 1e-3 })
  }

  private var evaluator: ReferenceEvaluator {
    ReferenceEvaluator(["x": points, "std": deviations, "A": matrix])
  }

  private func makeModel(_ conversion: OutputConversion, _ energy: EnergyForm?) -> ScoreModel {
    ScoreModel(network: LinearNetwork(), conversion: conversion, energyForm: energy)
  }

  private func score(conversion: OutputConversion, energy: EnergyForm? = nil) throws -> [Double] {
    let graph = Graph()
    return try evaluator.evaluate(
      makeModel(conversion, energy).score(
        graph.input("x", [2, 2]), noise: graph.input("std", [2]),
        standardDeviation: graph.input("std", [2]),
        parameters: ParameterValues(inputsOf: graph)))
  }

  private func apply(_ a: [Double], _ x: [Double]) -> [Double] {
    [a[0] * x[0] + a[1] * x[1], a[2] * x[0] + a[3] * x[1]]
  }

  private func expectEqual(_ found: [Double], _ expected: [Double]) {
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 * max(1, abs($1)) })
  }
}
