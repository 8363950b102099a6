import Autodiff
import Foundation
import TestSupport
import Testing

@Suite struct DerivativesTests {
  private func derivatives(of function: (Value) -> Value, at points: [Double]) throws -> [[Double]]
  {
    let graph = Graph()
    let x = graph.input("x", [points.count])
    var order = function(x)
    var values: [Value] = []
    for _ in 0..<3 {
      order = gradients(of: order.sum(), at: [x])[0]
      values.append(order)
    }
    return try ReferenceEvaluator(["x": points]).evaluate(values)
  }

  private func expect(
    _ function: (Value) -> Value, at points: [Double], has closedForms: [(Double) -> Double]
  ) throws {
    let found = try derivatives(of: function, at: points)
    for (order, closedForm) in closedForms.enumerated() {
      let expected = points.map(closedForm)
      let name = "derivative \(order + 1)"
      #expect(
        comparison(name, found: found[order], expected: expected, tolerance: 1e-14) == [])
    }
  }

  @Test func thirdDerivativesMatchClosedForms() throws {
    let points = [0.3, 0.7, 1.1, 1.9]
    try expect(
      { tanh($0) }, at: points,
      has: [
        { 1 - tanh($0) * tanh($0) }, { -2 * tanh($0) * (1 - tanh($0) * tanh($0)) },
        { (1 - tanh($0) * tanh($0)) * (6 * tanh($0) * tanh($0) - 2) },
      ])
    try expect({ log($0) }, at: points, has: [{ 1 / $0 }, { -1 / ($0 * $0) }, { 2 / pow($0, 3) }])
    try expect(
      { $0 * exp($0) }, at: points,
      has: [{ (1 + $0) * exp($0) }, { (2 + $0) * exp($0) }, { (3 + $0) * exp($0) }])
    try expect(
      { sin($0 * $0) }, at: points,
      has: [
        { 2 * $0 * cos($0 * $0) }, { 2 * cos($0 * $0) - 4 * $0 * $0 * sin($0 * $0) },
        { -12 * $0 * sin($0 * $0) - 8 * pow($0, 3) * cos($0 * $0) },
      ])
    try expect(
      { reciprocalSqrt($0) }, at: points,
      has: [{ -0.5 * pow($0, -1.5) }, { 0.75 * pow($0, -2.5) }, { -1.875 * pow($0, -3.5) }])
    try expect(
      { $0 * $0 * $0 / 4 }, at: points, has: [{ 0.75 * $0 * $0 }, { 1.5 * $0 }, { _ in 1.5 }])
  }

  @Test func intermediateValuesCountAsIndependent() throws {
    let graph = Graph()
    let x = graph.input("x", [3])
    let middle = sin(x)
    let loss = (middle * middle * x).sum()
    let found = vjp(of: [loss], at: [x, middle], cotangents: [graph.constant(1)])
    let points = [0.2, -0.9, 1.4]
    let values = try ReferenceEvaluator(["x": points]).evaluate(found)
    #expect(
      comparison(
        "x", found: values[0], expected: points.map { sin($0) * sin($0) }, tolerance: 1e-15)
        == [])
    #expect(
      comparison(
        "middle", found: values[1], expected: points.map { 2 * sin($0) * $0 }, tolerance: 1e-15)
        == [])
    let pushed = jvp(of: [loss], at: [middle], tangents: [graph.constant(1, [3])])
    let slope = try ReferenceEvaluator(["x": points]).evaluate(pushed)[0][0]
    #expect(abs(slope - values[1].reduce(0, +)) < 1e-14)
  }

  @Test func valuesWithoutInfluenceHaveZeroDerivatives() {
    let graph = Graph()
    let (x, y) = (graph.input("x", [2]), graph.input("y", [2]))
    let loss = sin(x).sum()
    #expect(
      vjp(of: [loss], at: [y, cos(loss)], cotangents: [graph.constant(1)]).allSatisfy {
        $0.constantValue == 0
      })
    #expect(jvp(of: loss, at: y, tangent: x).constantValue == 0)
    let itself = vjp(of: x, at: x, cotangent: y)
    #expect(itself.number == y.number)
    #expect(jvp(of: x, at: x, tangent: y).number == y.number)
  }

  // A convolutional score with resampling, normalization and attention-like softmax: the parameter
  // gradient of |J^T v|^2 - (J^T v).(J v) is reverse over forward and reverse over reverse.
  @Test func quasiConservativeGradientOfAConvolutionalNetMatchesDifferences() throws {
    let image: Shape = [2, 2, 4, 4]
    let probe = Sample.uniform(image, seed: 9)
    let checker = DerivativeChecker([
      .uniform([3, 2, 3, 3], in: -0.5...0.5, seed: 1),
      .uniform([2, 3, 3, 3], in: -0.5...0.5, seed: 2),
      .uniform([1, 3, 1, 1], seed: 3),
      Sample(image, probe.elements, isDifferentiated: false),
      Sample(image, uniformElements(image.count, seed: 5), isDifferentiated: false),
    ]) { arguments in
      let (x, v) = (arguments[4], arguments[3])
      let score = smallNetwork(x, arguments)
      let u = vjp(of: score, at: x, cotangent: v)
      let w = jvp(of: score, at: x, tangent: v)
      return (u * u - u * w).sum([1, 2, 3])
    }
    #expect(try checker.discrepancies(orders: 2, tolerance: 1e-6) == [])
  }

  private func smallNetwork(_ x: Value, _ weights: [Value]) -> Value {
    var h = convolution(x, weights[0], .same(kernel: 3)) + weights[2]
    let centred = h - h.mean([2, 3])
    h = centred * reciprocalSqrt(square(centred).mean([1, 2, 3]) + 1e-3)
    h = h * sigmoid(h)
    h = resample(
      h, ResamplingFilter(taps: [0.125, 0.375, 0.375, 0.125], down: 2, padLow: 1, padHigh: 1))
    h = h + softmax(h.reshaped(to: [2, 3, 4]), axis: 2).reshaped(to: h.shape)
    h = resample(h, ResamplingFilter(taps: [0.25, 0.75, 0.75, 0.25], up: 2, padLow: 2, padHigh: 1))
    return convolution(h, weights[1], .same(kernel: 3))
  }

  @Test func secondDerivativesCommute() throws {
    let graph = Graph()
    let x = graph.input("x", [3])
    let (a, b) = (graph.input("a", [3]), graph.input("b", [3]))
    let loss = (sin(x) * exp(x.sum([0]) * 0.3)).sum()
    func along(_ direction: Value, _ value: Value) -> Value {
      jvp(of: value, at: x, tangent: direction)
    }
    let values = [
      along(a, along(b, loss)), along(b, along(a, loss)),
      (gradients(of: (gradients(of: loss, at: [x])[0] * a).sum(), at: [x])[0] * b).sum(),
    ]
    let found = try ReferenceEvaluator([
      "x": [0.1, 0.5, -0.4], "a": [1, -2, 0.5], "b": [0.3, 1, 2],
    ]).evaluate(values)
    #expect(abs(found[0][0] - found[1][0]) < 1e-14 && abs(found[0][0] - found[2][0]) < 1e-14)
    #expect(abs(found[0][0]) > 0.1)
  }
}
