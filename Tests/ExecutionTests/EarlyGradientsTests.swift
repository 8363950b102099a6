import Autodiff
import Execution
import Foundation
import Testing

/// Orders of the units of a network whose outer layers have the arithmetic and whose inner layers
/// have the weights.
@Suite struct EarlyGradientsTests {
  private let outer = ["down", "up"]
  private let inner = ["inner1", "inner2"]

  // A quasi-conservative loss, so that weights have gradients from three chains.
  private func program(penalized: Bool) -> Program {
    let graph = Graph()
    let x = graph.input("x", [2, 16, 12, 12])
    let probe = graph.input("v", [2, 16, 12, 12])
    let weights = (outer + inner).map { name in
      graph.input(name, [16, 16, outer.contains(name) ? 1 : 5, outer.contains(name) ? 1 : 5])
    }
    let point = ConvolutionWindow(stride: 1, padLow: 0, padHigh: 0)
    let wide = ConvolutionWindow(stride: 1, padLow: 2, padHigh: 2)
    var score = tanh(convolution(x, weights[0], point))
    var small = score.sliced(start: [0, 0, 0, 0], size: [2, 16, 3, 3])
    for weight in weights[2...] { small = tanh(convolution(small, weight, wide)) }
    score = score + small.padded(start: [0, 0, 0, 0], to: [2, 16, 12, 12])
    score = convolution(score, weights[1], point)
    var loss = square(score - x).sum()
    if penalized {
      let difference =
        jvp(of: score, at: x, tangent: probe) - vjp(of: score, at: x, cotangent: probe)
      loss = loss + square(difference).sum()
    }
    return Program(
      [("loss", loss)]
        + zip(outer + inner, gradients(of: loss, at: weights)).map { ("d" + $0, $1) })
  }

  private func run(_ program: Program, early: Bool) throws -> Executable {
    var options = CompileOptions()
    options.gradientsEarly = early
    let executable = try Executable(program, options: options)
    for (number, port) in program.inputs.enumerated() {
      executable.setInput(
        port.name, to: (0..<port.shape.count).map { sin(Float(($0 * 7 + number * 5) % 43)) / 6 })
    }
    for _ in 0..<2 { try executable.run() }
    return executable
  }

  @Test(arguments: [false, true])
  func largeWeightsAreFirstAndResultsTheSame(penalized: Bool) throws {
    let program = program(penalized: penalized)
    let asWritten = try run(program, early: false)
    let early = try run(program, early: true)
    #expect(early.stepCount == asWritten.stepCount)
    for port in program.results {
      let (values, others) = (early.result(port.name), asWritten.result(port.name))
      let scale = others.reduce(0) { max($0, abs($1)) }
      #expect(scale > 0)
      for (value, other) in zip(values, others) { #expect(abs(value - other) <= 1e-6 * scale) }
    }
    func last(_ names: [String], _ executable: Executable) -> Int {
      names.map { executable.completion(of: "d" + $0) }.max() ?? 0
    }
    func first(_ names: [String], _ executable: Executable) -> Int {
      names.map { executable.completion(of: "d" + $0) }.min() ?? 0
    }
    #expect(last(inner, early) < first(outer, early))
    #expect(last(inner, asWritten) > first(outer, asWritten))
    #expect(last(inner, early) <= last(inner, asWritten))
  }
}
