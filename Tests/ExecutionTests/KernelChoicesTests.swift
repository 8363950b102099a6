#if OneDNN
  import Autodiff
  import Foundation
  import Testing

  @testable import Execution

  @Suite struct KernelChoicesTests {
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

    private func known(_ algorithm: String) throws -> KernelChoices {
      var (choices, known) = (KernelChoices(), KernelChoices())
      try choices.measure(.convolutions, of: program, known: &known)
      var text = String(decoding: try JSONEncoder().encode(known), as: UTF8.self)
      for other in ["direct", "winograd"] {
        text = text.replacing("\"\(other)\"", with: "\"\(algorithm)\"")
      }
      return try JSONDecoder().decode(KernelChoices.self, from: Data(text.utf8))
    }

    private func table(_ algorithm: String) throws -> KernelChoices {
      var (choices, known) = (KernelChoices(), try known(algorithm))
      try choices.measure(.convolutions, of: program, known: &known)
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
      var (choices, known) = (KernelChoices(), KernelChoices())
      try choices.measure(.convolutions, of: program, known: &known)
      #expect(choices.count == 1)
      #expect(known.count == 1)
      // What is known is not measured again, whatever it is, nor is what a run began with.
      #expect(try table("winograd").winogradCount == 1)
      var begun = try table("direct")
      #expect(begun.winogradCount == 0)
      known = try self.known("winograd")
      try begun.measure(.convolutions, of: program, known: &known)
      #expect(begun.winogradCount == 0)
    }

    @Test func aTableReadBackDecidesAndDirectAndWinogradAgree() throws {
      let direct = try run(CompileOptions(winograd: .measured, choices: table("direct")))
      let winograd = try run(CompileOptions(winograd: .measured, choices: table("winograd")))
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
      let nodes = Lowering(program, blocksChannels: true).nodes
      #expect(Array(nodes.convolutionUses().values) == [3])
    }

    @Test(arguments: ["openblas", "onednn"])
    func aMatrixProductRunsOnTheLibraryOfTheTable(library: String) throws {
      let graph = Graph()
      let (a, b) = (graph.input("a", [3, 20, 40]), graph.input("b", [3, 30, 40]))
      let program = Program([("y", matrixProduct(a, b, transposeSecond: true))])
      var (choices, known) = (KernelChoices(), KernelChoices())
      try choices.measure([.convolutions, .matrixProducts], of: program, known: &known)
      #expect(choices.count == 1 && known == choices)
      let text = String(decoding: try JSONEncoder().encode(choices), as: UTF8.self)
        .replacing(/"(openblas|onednn)"/, with: "\"\(library)\"")
      choices = try JSONDecoder().decode(KernelChoices.self, from: Data(text.utf8))
      let executable = try Executable(program, options: CompileOptions(choices: choices))
      let inputs = [("a", 3 * 20 * 40), ("b", 3 * 30 * 40)].map { name, count in
        let values = (0..<count).map { sin(Float($0 * 7 % 31)) }
        executable.setInput(name, to: values)
        return values
      }
      executable.startProfiling()
      try executable.run()
      let kind = library == "onednn" ? "matrix product (oneDNN)" : "matrix product (OpenBLAS)"
      #expect(executable.profile.map(\.kind) == [kind])
      for (index, found) in executable.result("y").enumerated() {
        let (example, row, column) = (index / 600, index / 30 % 20, index % 30)
        let expected = (0..<40).reduce(0.0) {
          $0 + Double(inputs[0][(example * 20 + row) * 40 + $1])
            * Double(inputs[1][(example * 30 + column) * 40 + $1])
        }
        #expect(abs(Double(found) - expected) < 1e-4)
      }
    }
  }
#endif
