import Autodiff
import TestSupport
import Testing

@testable import Networks

@Suite struct GroupNormalizationTests {
  private let layer = GroupNormalization("norm", channels: 8)
  private let pixels: [Double] = (0..<96).map { (index: Int) -> Double in
    let (fine, coarse) = (Double(index * 37 % 23), Double(index / 48))
    return fine / 7 + coarse
  }

  @Test func outputMatchesMeanAndVarianceOfEachGroup() throws {
    let weight: [Double] = (0..<8).map { 0.5 + Double($0) }
    let bias: [Double] = (0..<8).map { Double($0) / 3 }
    let found = try evaluate(weight, bias)
    for group in 0..<4 {
      let range = group * 24..<(group + 1) * 24
      let values = range.map { pixels[$0] }
      let mean = values.reduce(0, +) / 24
      let deviations: [Double] = values.map { $0 - mean }
      let variance = deviations.map { $0 * $0 }.reduce(0, +) / 24
      for index in range {
        let channel = index / 6 % 8
        let normalized = (pixels[index] - mean) / (variance + 1e-6).squareRoot()
        // The layer's constants are single precision.
        let expected: Double = normalized * weight[channel] + bias[channel]
        #expect(abs(found[index] - expected) < 1e-6)
      }
    }
  }

  @Test func groupsHoldFourChannelsAndAreAtMost32() {
    #expect([4, 8, 48, 128, 384].map(GroupNormalization.groupCount) == [1, 2, 12, 32, 32])
  }

  @Test func imagesAreNeverReshaped() {
    let graph = Graph()
    let x = graph.input("x", [2, 8, 2, 3])
    let program = Program([("y", layer(x, ParameterValues(inputsOf: graph)))])
    for node in program.nodes {
      if case .reshape = node.primitive { #expect(node.shape.count <= 16) }
    }
  }

  private func evaluate(_ weight: [Double], _ bias: [Double]) throws -> [Double] {
    let graph = Graph()
    let output = layer(graph.input("x", [2, 8, 2, 3]), ParameterValues(inputsOf: graph))
    return try ReferenceEvaluator(["x": pixels, "norm.weight": weight, "norm.bias": bias])
      .evaluate(output)
  }
}
