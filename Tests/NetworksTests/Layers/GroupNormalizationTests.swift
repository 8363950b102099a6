import Autodiff
import Execution
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

  // Moments about another point, and that point as a constant, must not show in any derivative.
  @Test func derivativesUpToTheThirdAreThoseOfTheDefinition() throws {
    let graph = Graph()
    let x = graph.input("x", [2, 8, 2, 4])
    let values = ParameterValues(inputsOf: graph)
    let forms = [layer(x, values), definition(x, values)]
    let towers = forms.map { output -> [Value] in
      let first = gradients(of: sin(output).sum(), at: [x])[0]
      let second = gradients(of: cos(first).sum(), at: [x])[0]
      return [first, second, gradients(of: square(second).sum(), at: [x])[0]]
    }
    // Groups of 32 elements, whose inverse is a number of single precision.
    let elements: [Double] = (0..<128).map { (index: Int) -> Double in
      let (fine, coarse) = (Double(index * 37 % 23), Double(index / 64))
      return fine / 7 + coarse
    }
    let weight: [Double] = (0..<8).map { 0.5 + Double($0) / 4 }
    let bias: [Double] = (0..<8).map { Double($0) / 3 }
    let evaluator = ReferenceEvaluator(["x": elements, "norm.weight": weight, "norm.bias": bias])
    for (found, expected) in zip(towers[0], towers[1]) {
      let expected = try evaluator.evaluate(expected)
      let scale = expected.map(abs).max() ?? 0
      #expect(scale > 1e-3)
      for (a, b) in zip(try evaluator.evaluate(found), expected) {
        #expect(abs(a - b) <= 1e-9 * scale)
      }
    }
  }

  @Test func aMeanFarAboveTheDeviationCostsNoDigits() throws {
    let graph = Graph()
    let x = graph.input("x", [2, 8, 2, 3])
    let program = Program([("y", layer(x, ParameterValues(inputsOf: graph)))])
    let executable = try Executable(program)
    let shifted = pixels.map { Float($0 + 3000) }
    executable.setInput("x", to: shifted)
    executable.setInput("norm.weight", to: [Float](repeating: 1, count: 8))
    executable.setInput("norm.bias", to: [Float](repeating: 0, count: 8))
    try executable.run()
    let expected = try ReferenceEvaluator([
      "x": shifted.map(Double.init), "norm.weight": [Double](repeating: 1, count: 8),
      "norm.bias": [Double](repeating: 0, count: 8),
    ]).evaluate(program)["y"]
    // Moments about zero would be off by some tens of percent here.
    for (a, b) in zip(executable.result("y"), expected ?? []) {
      #expect(abs(Double(a) - b) < 1e-5)
    }
    #expect(expected?.count == pixels.count)
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

  // Wu and He (2018), equations 1 and 2, in groups of four channels.
  private func definition(_ x: Value, _ values: ParameterValues) -> Value {
    let groups = x.reshaped(to: [2, 2, 4, 8])
    let centred = groups - groups.sum([2, 3]) * Float(1.0 / 32)
    let variance = square(centred).sum([2, 3]) * Float(1.0 / 32)
    let normalized = (centred * reciprocalSqrt(variance + 1e-6)).reshaped(to: x.shape)
    let weight = values[layer.weight].reshaped(to: [1, 8, 1, 1])
    return normalized * weight + values[layer.bias].reshaped(to: [1, 8, 1, 1])
  }

  private func evaluate(_ weight: [Double], _ bias: [Double]) throws -> [Double] {
    let graph = Graph()
    let output = layer(graph.input("x", [2, 8, 2, 3]), ParameterValues(inputsOf: graph))
    return try ReferenceEvaluator(["x": pixels, "norm.weight": weight, "norm.bias": bias])
      .evaluate(output)
  }
}
