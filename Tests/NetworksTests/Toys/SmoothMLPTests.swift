import Autodiff
import Foundation
import Networks
import TestSupport
import Testing

@Suite struct SmoothMLPTests {
  @Test(arguments: [SmoothMLP.NoiseCoordinate.scaled(0.5), .logarithm])
  func outputOfOneHiddenUnitMatchesItsFormula(_ coordinate: SmoothMLP.NoiseCoordinate) throws {
    let network = SmoothMLP(
      dimension: 1, hidden: [(width: 1, activation: .softplus)], noiseCoordinate: coordinate)
    let graph = Graph()
    let output = network.output(
      graph.input("x", [1, 1]), noise: graph.input("noise", [1]),
      parameters: ParameterValues(inputsOf: graph))
    let result = try ReferenceEvaluator([
      "x": [0.3], "noise": [4], "layers.0.weight": [0.7, -1.1], "layers.0.bias": [0.2],
      "layers.2.weight": [1.5], "layers.2.bias": [-0.4],
    ]).evaluate(output)
    let level = coordinate == .logarithm ? Foundation.log(4.0) : 2
    let hidden = 0.7 * 0.3 - 1.1 * level + 0.2
    #expect(abs(result[0] - (1.5 * log1p(Foundation.exp(hidden)) - 0.4)) < 1e-6)
  }

  @Test func layersHaveTheAskedWidths() {
    let network = SmoothMLP(
      dimension: 2, hidden: [(width: 8, activation: .tanh), (width: 4, activation: .swish)],
      noiseCoordinate: .logarithm)
    #expect(
      network.parameters.filter { $0.shape.rank == 2 }.map(\.shape) == [[8, 3], [4, 8], [2, 4]])
  }
}
