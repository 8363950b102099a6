#if OneDNN
  import Autodiff
  import Foundation
  import Testing

  @testable import Execution

  @Suite struct ConvolutionChoicesTests {
    private let program: Program

    init() {
      let graph = Graph()
      let window = ConvolutionWindow(stride: 1, padLow: 1, padHigh: 1)
      let x = graph.input("x", [2, 16, 12, 12])
      let hidden = convolution(x, graph.input("w", [32, 16, 3, 3]), window)
      // One channel does not fill a block, so that there is nothing to choose.
      let y = convolution(tanh(hidden), graph.input("last", [1, 32, 3, 3]), window)
      program = Program([("y", y)])
    }

    private func known(_ algorithm: String) throws -> ConvolutionChoices {
      var (choices, known) = (ConvolutionChoices(), ConvolutionChoices())
      try choices.measure(program, known: &known)
      var text = String(decoding: try JSONEncoder().encode(known), as: UTF8.self)
      for other in ["direct", "winograd"] {
        text = text.replacing("\"\(other)\"", with: "\"\(algorithm)\"")
      }
      return try JSONDecoder().decode(ConvolutionChoices.self, from: Data(text.utf8))
    }

    private func table(_ algorithm: String) throws -> ConvolutionChoices {
      var (choices, known) = (ConvolutionChoices(), try known(algorithm))
      try choices.measure(program, known: &known)
      return choices
    }

    private func run(_ options: CompileOptions) throws -> (result: [Float], kinds: Set<String>) {
      let executable = try Executable(program, options: options)
      for (number, port) in program.inputs.enumerated() {
        executable.setInput(
          port.name, to: (0..<port.shape.count).map { sin(Float(($0 + number) * 7 % 31)) / 4 })
      }
      executable.startProfiling()
      try executable.run()
      return (Array(executable.result("y")), Set(executable.profile.map(\.kind)))
    }

    @Test func onlyConvolutionsWithAChoiceAreMeasuredAndOnlyOnce() throws {
      var (choices, known) = (ConvolutionChoices(), ConvolutionChoices())
      try choices.measure(program, known: &known)
      #expect(choices.count == 1)
      #expect(known.count == 1)
      // What is known is not measured again, whatever it is, nor is what a run began with.
      #expect(try table("winograd").winogradCount == 1)
      var begun = try table("direct")
      #expect(begun.winogradCount == 0)
      known = try self.known("winograd")
      try begun.measure(program, known: &known)
      #expect(begun.winogradCount == 0)
    }

    @Test func aTableReadBackDecidesAndDirectAndWinogradAgree() throws {
      let direct = try run(CompileOptions(winograd: .measured(table("direct"))))
      let winograd = try run(CompileOptions(winograd: .measured(table("winograd"))))
      #expect(!direct.kinds.contains { $0.contains("wino") })
      // Processors without AVX-512 have no Winograd kernels, and fall back.
      if try run(CompileOptions(winograd: .always)).kinds.contains(where: { $0.contains("wino") }) {
        #expect(winograd.kinds.contains { $0.contains("wino") })
      }
      let scale = direct.result.map(abs).max() ?? 0
      #expect(scale > 0)
      for (a, b) in zip(direct.result, winograd.result) { #expect(abs(a - b) <= 1e-5 * scale) }
    }

    @Test func usesOfOneSetOfWeightsAreCounted() {
      let graph = Graph()
      let window = ConvolutionWindow(stride: 1, padLow: 1, padHigh: 1)
      let weights = graph.input("w", [16, 16, 3, 3])
      let once = convolution(graph.input("x", [1, 16, 8, 8]), weights, window)
      let thrice = convolution(convolution(once, weights, window), weights, window)
      let program = Program([("y", thrice)])
      #expect(Array(program.convolutions().values) == [3])
    }
  }
#endif
