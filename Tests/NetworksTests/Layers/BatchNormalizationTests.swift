import Autodiff
import TestSupport
import Testing

@testable import Networks

@Suite struct BatchNormalizationTests {
  private let layer = BatchNormalization("norm", channels: 2)
  private let pixels: [Double] = (0..<64).map { (index: Int) -> Double in
    Double(index * 37 % 23) / 7 + Double(index / 16)
  }
  private let inputs: [String: [Double]] = [
    "norm.weight": [0.5, 1.5], "norm.bias": [-1, 0.25],
    "norm.running_mean": [0.5, -2], "norm.running_var": [4, 0.25],
  ]

  @Test func trainingUsesTheMomentsOfTheBatchAndTellsThem() throws {
    let statistics = BatchStatistics()
    let (output, evaluator) = try normalized(statistics)
    let found = try evaluator.evaluate(output)
    for channel in 0..<2 {
      let members = indices(of: channel, examples: 0..<4)
      let mean = members.reduce(0) { $0 + pixels[$1] } / 32
      let variance = members.reduce(0) { $0 + (pixels[$1] - mean) * (pixels[$1] - mean) } / 32
      for index in members {
        let unit = (pixels[index] - mean) / (variance + Double(Float(1e-5))).squareRoot()
        let expected = unit * [0.5, 1.5][channel] + [-1, 0.25][channel]
        #expect(abs(found[index] - expected) < 1e-9)
      }
      let moments = try statistics.moments.map { try evaluator.evaluate($0.value)[channel] }
      #expect(abs(moments[0] - mean) < 1e-9)
      // The factor is a number of single precision.
      #expect(abs(moments[1] - variance * 32 / 31) < 1e-6 * variance)
    }
    #expect(statistics.moments.map(\.parameter) == [layer.runningMean, layer.runningVariance])
  }

  @Test func evaluationUsesTheRunningStatistics() throws {
    let (output, evaluator) = try normalized(nil)
    let found = try evaluator.evaluate(output)
    for channel in 0..<2 {
      let (mean, variance) = ([0.5, -2][channel], [4, 0.25][channel] + Double(Float(1e-5)))
      for index in indices(of: channel, examples: 0..<4) {
        let unit = (pixels[index] - mean) / variance.squareRoot()
        #expect(abs(found[index] - (unit * [0.5, 1.5][channel] + [-1, 0.25][channel])) < 1e-9)
      }
    }
  }

  @Test func groupsOfABatchAreNormalizedAsBatchesOfTheirOwn() throws {
    let (output, evaluator) = try normalized(BatchStatistics(group: 2))
    let found = try evaluator.evaluate(output)
    for half in 0..<2 {
      let part = Array(pixels[half * 32..<(half + 1) * 32])
      let (alone, evaluator) = try normalized(BatchStatistics(), part)
      let expected = try evaluator.evaluate(alone)
      #expect(
        comparison(
          "group \(half)", found: Array(found[half * 32..<(half + 1) * 32]), expected: expected,
          tolerance: 1e-12) == [])
    }
  }

  // Moments about another point, and that point as a constant, must not show in any derivative.
  @Test func derivativesThroughTheStatisticsAreExactToTheThirdOrder() throws {
    let checker = DerivativeChecker([
      Sample.uniform([4, 2, 2, 2], seed: 3), Sample.uniform([2], in: 0.5...1.5, seed: 4),
    ]) { arguments in
      let values = ParameterValues { parameter in
        parameter.name == "norm.weight"
          ? arguments[1] : arguments[1].graph.constant(0.25, parameter.shape)
      }
      return sin(layer(arguments[0], values, statistics: BatchStatistics(group: 2)))
    }
    // The moments' inverse counts are exact in single precision.
    #expect(try checker.discrepancies(tolerance: 1e-6) == [])
  }

  private func indices(of channel: Int, examples: Range<Int>) -> [Int] {
    examples.flatMap { example in (0..<8).map { (example * 2 + channel) * 8 + $0 } }
  }

  private func normalized(
    _ statistics: BatchStatistics?, _ elements: [Double]? = nil
  ) throws -> (Value, ReferenceEvaluator) {
    let elements = elements ?? pixels
    let graph = Graph()
    let x = graph.input("x", [elements.count / 16, 2, 2, 4])
    let output = layer(x, ParameterValues(inputsOf: graph), statistics: statistics)
    return (output, ReferenceEvaluator(inputs.merging(["x": elements]) { $1 }))
  }
}
