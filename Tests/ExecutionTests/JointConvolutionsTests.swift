import Autodiff
import Execution
import Foundation
import Testing

@Suite struct JointConvolutionsTests {
  private let window = ConvolutionWindow(stride: 1, padLow: 1, padHigh: 1)

  // A score and its derivative along a probe through two layers whose weights outnumber the images.
  private func program() -> Program {
    let graph = Graph()
    let x = graph.input("x", [1, 16, 4, 4])
    let probe = graph.input("v", [1, 16, 4, 4])
    let weights = ["a", "b"].map { graph.input($0, [16, 16, 3, 3]) }
    var score = x
    for weight in weights { score = tanh(convolution(score, weight, window)) }
    let direct = jvp(of: score, at: x, tangent: probe)
    let transposed = vjp(of: score, at: x, cotangent: probe)
    let loss = (square(score) + square(direct - transposed)).sum()
    return Program(
      [("loss", loss), ("direct", direct)]
        + zip(["da", "db"], gradients(of: loss, at: weights)).map { ($0, $1) })
  }

  private func kinds(_ program: Program) -> [String: Int] {
    program.nodes.reduce(into: [:]) { counts, node in
      switch node.primitive {
      case .convolution: counts["forward", default: 0] += 1
      case .convolutionDataGradient: counts["data", default: 0] += 1
      case .convolutionWeightGradient: counts["weights", default: 0] += 1
      default: break
      }
    }
  }

  @Test func passesThroughTheSameWeightsAreJoined() {
    let separate = program()
    let joint = separate.joiningConvolutions(always: true)
    #expect(joint.results.map(\.name) == separate.results.map(\.name))
    #expect(Set(joint.inputs.map(\.name)) == Set(separate.inputs.map(\.name)))
    // Score and derivative share each layer's call, and so do the reverse passes through both.
    let (before, after) = (kinds(separate), kinds(joint))
    #expect((before["forward"] ?? 0) - (after["forward"] ?? 0) == 2)
    #expect((before["data"] ?? 0) > (after["data"] ?? 0))
    #expect((before["weights"] ?? 0) > (after["weights"] ?? 0))
    for (number, node) in joint.nodes.enumerated() {
      #expect(node.operands.allSatisfy { $0 < number })
    }
  }

  @Test(arguments: [CompileOptions.Joining.worthwhile, .always])
  func jointAndSeparateProgramsAgree(joining: CompileOptions.Joining) throws {
    let program = program()
    func run(_ joining: CompileOptions.Joining) throws -> [[Float]] {
      var options = CompileOptions()
      options.joining = joining
      let executable = try Executable(program, options: options)
      for (number, port) in program.inputs.enumerated() {
        executable.setInput(
          port.name, to: (0..<port.shape.count).map { sin(Float(($0 * 7 + number) % 31)) / 8 })
      }
      // The second run finds the places of the first in use.
      for _ in 0..<2 { try executable.run() }
      return program.results.map { Array(executable.result($0.name)) }
    }
    for (joint, separate) in zip(try run(joining), try run(.never)) {
      let scale = separate.map(abs).max() ?? 0
      #expect(scale > 0)
      for (a, b) in zip(joint, separate) { #expect(abs(a - b) <= 2e-6 * scale) }
    }
  }

  @Test func gradientsOfImagesOfTwoSizesStayApart() {
    let graph = Graph()
    let window = ConvolutionWindow(stride: 2, padLow: 1, padHigh: 1)
    let weights = graph.input("w", [16, 16, 3, 3])
    let results = [7, 8].map { size -> (String, Value) in
      let x = graph.input("x\(size)", [1, 16, size, size])
      let cotangent = graph.input("g\(size)", [1, 16, 4, 4])
      return (
        "d\(size)", vjp(of: convolution(x, weights, window), at: x, cotangent: cotangent)
      )
    }
    let program = Program(results.map { (name: $0.0, value: $0.1) })
    #expect(kinds(program)["data"] == 2)
    #expect(kinds(program.joiningConvolutions(always: true))["data"] == 2)
  }

  @Test func slicesAndConcatenationsOfExamplesAgreeWithTheirDefinition() throws {
    let graph = Graph()
    let x = graph.input("x", [4, 16])
    let doubled = x + x
    let swapped = concatenate(
      [
        doubled.sliced(start: [2, 0], size: [2, 16]), tanh(x), doubled, doubled,
      ], axis: 0)
    let program = Program([
      ("y", swapped * 3), ("part", doubled.sliced(start: [1, 0], size: [1, 16])),
    ])
    let executable = try Executable(program)
    let values = (0..<64).map { Float($0) / 64 }
    executable.setInput("x", to: values)
    try executable.run()
    let expected =
      values[32...].map { 6 * $0 } + values.map { 3 * tanh($0) } + values.map { 6 * $0 }
      + values.map { 6 * $0 }
    for (found, expected) in zip(executable.result("y"), expected) {
      #expect(abs(found - expected) < 1e-5)
    }
    #expect(Array(executable.result("part")) == values[16..<32].map { 2 * $0 })
  }

  @Test func partsThatAreResultsLieWhereTheCallerWantsThemAsSoonAsTheyAreKnown() throws {
    let graph = Graph()
    let x = graph.input("x", [2, 16])
    let doubled = x + x
    let part = doubled.sliced(start: [1, 0], size: [1, 16])
    let program = Program([("part", part), ("later", tanh(doubled.sum([0])))])
    let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 32)
    defer { memory.deallocate() }
    let aligned = UnsafeMutableBufferPointer(rebasing: memory[..<16])
    let executable = try Executable(program, external: ["part": aligned])
    #expect(executable.completion(of: "part") <= executable.stepCount)
    executable.setInput("x", to: (0..<32).map(Float.init))
    try executable.run()
    #expect(Array(aligned) == (16..<32).map { 2 * Float($0) })
  }
}
