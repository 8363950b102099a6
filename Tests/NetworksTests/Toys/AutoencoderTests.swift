import Autodiff
import Foundation
import Networks
import TestSupport
import Testing

@Suite struct AutoencoderTests {
  @Test func fieldIsTheReferenceImplementations() throws {
    let reference = try ReferenceCase("autoencoder_qc")
    let network = Autoencoder()
    #expect(network.trainableCount == 14)
    let (field, evaluator) = try evaluate(network, at: reference.doubles("in/points"), reference)
    let result = try evaluator.evaluate(field)
    #expect(try reference.relativeError(of: result, against: "out/score") < 0.1)
  }

  @Test func logisticFormSavesTheBetas() throws {
    let reference = try ReferenceCase("autoencoder_qc")
    let network = Autoencoder(activation: .sigmoid)
    #expect(network.trainableCount == 12)
    let (field, evaluator) = try evaluate(network, at: [0.5, -2], reference)
    let result = try evaluator.evaluate(field)
    let (r, c) = (try reference.doubles("param/R.weight"), try reference.doubles("param/R.bias"))
    let (w, b) = (try reference.doubles("param/Wt.weight"), try reference.doubles("param/Wt.bias"))
    let hidden: [Double] = (0..<2).map { unit in
      let sum: Double = w[2 * unit] * 0.5 - w[2 * unit + 1] * 2 + b[unit]
      return 1 / (1 + exp(-sum))
    }
    for row in 0..<2 {
      let expected: Double = r[2 * row] * hidden[0] + r[2 * row + 1] * hidden[1] + c[row]
      #expect(abs(result[row] - expected) < 1e-12)
    }
  }

  private func evaluate(
    _ network: Autoencoder, at points: [Double], _ reference: ReferenceCase
  ) throws -> (Value, ReferenceEvaluator) {
    let graph = Graph()
    let count = points.count / 2
    let field = network.output(
      graph.input("x", [count, 2]), noise: graph.constant(0, [count]),
      parameters: ParameterValues(inputsOf: graph))
    var inputs = try reference.tensors(under: "param/")
    inputs["x"] = points
    return (field, ReferenceEvaluator(inputs))
  }
}
