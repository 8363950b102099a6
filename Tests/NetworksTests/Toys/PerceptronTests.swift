import Autodiff
import Foundation
import Networks
import TestSupport
import Testing

@Suite struct PerceptronTests {
  @Test func outputOfOneHiddenUnitMatchesItsFormula() throws {
    let network = Perceptron(dimension: 1, width: 1, hiddenLayers: 1)
    let graph = Graph()
    let output = network.output(
      graph.input("x", [1, 1]), noise: graph.input("sigma", [1]),
      parameters: ParameterValues(inputsOf: graph))
    let result = try ReferenceEvaluator([
      "x": [0.3], "sigma": [2], "layers.0.weight": [0.7, -1.1], "layers.0.bias": [0.2],
      "layers.1.weight": [1.5], "layers.1.bias": [-0.4],
    ]).evaluate(output)
    let hidden = 0.7 * 0.3 - 1.1 * log(2) + 0.2
    #expect(abs(result[0] - (1.5 * hidden / (1 + exp(-hidden)) - 0.4) / 2) < 1e-12)
  }

  @Test func layersHaveTheAskedWidths() {
    let network = Perceptron(dimension: 2, width: 128, hiddenLayers: 3)
    #expect(
      network.parameters.filter { $0.shape.rank == 2 }.map(\.shape)
        == [[128, 3], [128, 128], [128, 128], [2, 128]])
  }
}
