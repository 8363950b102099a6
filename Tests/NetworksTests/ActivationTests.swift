import Autodiff
import Foundation
import TestSupport
import Testing

@testable import Networks

@Suite struct ActivationTests {
  private let numbers = [-3.0, -0.5, 0, 0.25, 2]

  @Test func valuesMatchTheirFormulas() throws {
    try expect(.identity) { $0 }
    try expect(.sigmoid) { 1 / (1 + exp(-$0)) }
    try expect(.softplus) { log1p(exp($0)) }
    try expect(.tanh) { tanh($0) }
    try expect(.swish) { $0 / (1 + exp(-$0)) }
    try expect(.elu) { $0 > 0 ? $0 : expm1($0) }
    try expect(.leakyReLU(slope: 0.125)) { $0 > 0 ? $0 : 0.125 * $0 }
  }

  @Test func exponentialLinearUnitHasFiniteDerivativesOfLargeNumbers() throws {
    let graph = Graph()
    let x = graph.input("x", [2])
    let slope = gradients(of: Activation.elu(x).sum(), at: [x])[0]
    #expect(try ReferenceEvaluator(["x": [1000, -1000]]).evaluate(slope) == [1, 0])
  }

  @Test func softplusIsSmoothAtZeroAndFiniteFarAway() throws {
    let graph = Graph()
    let x = graph.input("x", [3])
    let slope = gradients(of: Activation.softplus(x).sum(), at: [x])[0]
    let curvature = gradients(of: slope.sum(), at: [x])[0]
    let evaluator = ReferenceEvaluator(["x": [0, 1000, -1000]])
    #expect(try evaluator.evaluate(slope) == [0.5, 1, 0])
    #expect(try evaluator.evaluate(curvature) == [0.25, 0, 0])
  }

  private func expect(_ activation: Activation, _ formula: (Double) -> Double) throws {
    let graph = Graph()
    let found = try ReferenceEvaluator(["x": numbers])
      .evaluate(activation(graph.input("x", [numbers.count])))
    for (value, number) in zip(found, numbers) {
      #expect(abs(value - formula(number)) < 1e-14, "\(activation) of \(number)")
    }
  }
}
