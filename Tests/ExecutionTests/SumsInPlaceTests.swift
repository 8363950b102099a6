import Autodiff
import Foundation
import TestSupport
import Testing

@testable import Execution

@Suite struct SumsInPlaceTests {
  private let window = ConvolutionWindow(stride: 1, padLow: 1, padHigh: 1)

  // Gradients of three chains by the same weights.
  private func gradients(channels: Int) -> [Value] {
    let graph = Graph()
    return (0..<3).map { index in
      convolutionWeightGradient(
        graph.input("x\(index)", [2, channels, 6, 6]),
        graph.input("y\(index)", [2, channels, 6, 6]), window,
        weightShape: [channels, channels, 3, 3])
    }
  }

  private func run(_ program: Program, _ options: CompileOptions) throws -> Executable {
    let executable = try Executable(program, options: options)
    for (number, port) in program.inputs.enumerated() {
      executable.setInput(
        port.name, to: (0..<port.shape.count).map { sin(Float(($0 * 7 + number * 5) % 43)) })
    }
    // What the first run leaves must not count in the second.
    for _ in 0..<2 { try executable.run() }
    return executable
  }

  @Test(
    arguments: [5, 16],
    [
      CompileOptions(), CompileOptions(winograd: .always),
      CompileOptions(convolutionBackend: .gemm),
    ])
  func gradientsOfThreeChainsAddUp(channels: Int, options: CompileOptions) throws {
    let parts = gradients(channels: channels)
    // In an order that is not that of their making.
    let sum = parts[2] + (parts[0] + parts[1])
    let together = try run(Program([("sum", sum)]), options)
    let apart = try run(Program(parts.enumerated().map { ("part\($0)", $1) }), options)
    let expected = (0..<sum.shape.count).map { index in
      (0..<3).reduce(0) { $0 + Double(apart.result("part\($1)")[index]) }
    }
    let scale = expected.map(abs).max() ?? 0
    #expect(scale > 1)
    for (value, other) in zip(together.result("sum"), expected) {
      #expect(abs(Double(value) - other) <= 2e-6 * scale)
    }
    // Nothing but the operands' way into blocks and the convolutions.
    let steps = options.usesOneDNN && channels == 16 ? 6 + 3 : 3
    #expect(together.stepCount == steps)
    #expect(together.completion(of: "sum") == steps)
  }

  @Test func productsAddUp() throws {
    let graph = Graph()
    let factors = (0..<3).map { index in
      (graph.input("a\(index)", [2, 3, 4]), graph.input("b\(index)", [2, 4, 5]))
    }
    let products = factors.map { matrixProduct($0, $1) }
    let executable = try run(Program([("sum", products[0] + products[1] + products[2])]), .init())
    func element(_ name: String, _ index: Int) -> Double { Double(executable.input(name)[index]) }
    for index in 0..<30 {
      let (batch, row, column) = (index / 15, index / 5 % 3, index % 5)
      let expected = (0..<3).reduce(0.0) { sum, part in
        (0..<4).reduce(sum) {
          $0 + element("a\(part)", (batch * 3 + row) * 4 + $1)
            * element("b\(part)", (batch * 4 + $1) * 5 + column)
        }
      }
      #expect(abs(Double(executable.result("sum")[index]) - expected) <= 1e-5)
    }
    #expect(executable.stepCount == 3)
  }

  // What somebody else reads keeps its values, and so does a sum with other parts.
  @Test func whatIsReadElsewhereStays() throws {
    let graph = Graph()
    let (a, b) = (graph.input("a", [3, 4]), graph.input("b", [4, 3]))
    let (first, second) = (matrixProduct(a, b), matrixProduct(a * 2, b))
    let other = graph.input("c", [3, 3])
    let program = Program([("first", first), ("sum", first + second), ("more", other + second)])
    #expect(SumsInPlace(program).parts.isEmpty)
    let executable = try run(program, .init())
    for index in 0..<9 {
      let (row, column) = (index / 3, index % 3)
      let expected = (0..<4).reduce(Float(0)) {
        $0 + executable.input("a")[row * 4 + $1] * executable.input("b")[$1 * 3 + column]
      }
      #expect(abs(executable.result("first")[index] - expected) <= 1e-5)
      #expect(abs(executable.result("sum")[index] - 3 * expected) <= 1e-5)
      let more = executable.input("c")[index] + 2 * expected
      #expect(abs(executable.result("more")[index] - more) <= 1e-5)
    }
  }
}
