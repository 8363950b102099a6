import Autodiff
import TestSupport
import Testing

@testable import Networks

@Suite struct SelfAttentionTests {
  @Test func uniformWeightingGivesTheMeanOfTheValues() throws {
    // Without queries every position attends to all others equally.
    let layer = SelfAttention("a", channels: 4, initialScale: 0, rescalesSkip: false)
    let graph = Graph()
    let x = graph.input("x", [1, 4, 1, 3])
    let output = layer(x, ParameterValues(inputsOf: graph))
    let identity = (0..<16).map { $0 % 5 == 0 ? 1.0 : 0 }
    let shift = (0..<16).map { $0 == 1 ? 1.0 : 0 }
    var inputs = [
      "x": (0..<12).map { Double(($0 * 5) % 7) }, "a.GroupNorm_0.weight": [1, 1, 1, 1],
      "a.GroupNorm_0.bias": [0, 0, 0, 0], "a.NIN_0.W": [Double](repeating: 0, count: 16),
      "a.NIN_1.W": identity, "a.NIN_2.W": identity, "a.NIN_3.W": shift,
    ]
    for index in 0..<4 { inputs["a.NIN_\(index).b"] = [0, 0, 0, 0] }
    inputs["a.NIN_2.b"] = [2, 0, 0, 0]
    let normalized = GroupNormalization("a.GroupNorm_0", channels: 4)(
      x, ParameterValues(inputsOf: graph))
    let found = try ReferenceEvaluator(inputs).evaluate([output, normalized])
    let mean = found[1].prefix(3).reduce(0, +) / 3 + 2
    for index in 0..<12 {
      // The last matrix, [in, out], takes channel 0 to channel 1.
      let expected = (inputs["x"]?[index] ?? 0) + ((3..<6).contains(index) ? mean : 0)
      #expect(abs(found[0][index] - expected) < 1e-9)
    }
  }
}
