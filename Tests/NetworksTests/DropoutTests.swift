import Autodiff
import Networks
import TestSupport
import Testing

@Suite struct DropoutTests {
  @Test func evaluationHasNoMasks() throws {
    #expect(try masks(dropout: 0.1, withKeys: false).isEmpty)
    #expect(try masks(dropout: 0, withKeys: true).isEmpty)
  }

  @Test func everyResidualBlockHasAMaskOfItsOwn() throws {
    let masks = try masks(dropout: 0.25, withKeys: true)
    let blocks = try NCSNpp(.smallVE).parameters.filter { $0.name.hasSuffix("Dense_0.bias") }
    #expect(masks.count == blocks.count && masks.count == 10)
    #expect(Set(masks.map(\.site)).count == masks.count)
    #expect(masks.allSatisfy { $0.rate == 0.25 })
  }

  private func masks(dropout: Float, withKeys: Bool) throws -> [(site: UInt32, rate: Float)] {
    var configuration = NCSNppConfiguration.smallVE
    configuration.dropout = dropout
    let graph = Graph()
    let output = try NCSNpp(configuration).output(
      graph.input("x", [2, 3, 16, 16]), noise: graph.input("noise", [2]),
      parameters: ParameterValues(inputsOf: graph),
      dropout: withKeys ? DropoutKeys(graph.input("keys", [2, 2])) : nil)
    return Program([("y", output)]).nodes.compactMap { node in
      guard case .dropoutMask(let site, let rate) = node.primitive else { return nil }
      return (site, rate)
    }
  }
}
