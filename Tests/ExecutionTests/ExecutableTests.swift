import Autodiff
import Execution
import Foundation
import Randomness
import TestSupport
import Testing

/// Runs a program on the engine and in `Double`, and returns the largest relative difference.
private func difference(
  _ results: [Value], _ options: CompileOptions = CompileOptions(), seed: UInt64 = 3
) throws -> Double {
  let program = Program(results.enumerated().map { ("\($0)", $1) })
  let executable = try Executable(program, options: options)
  var reference = ReferenceEvaluator()
  for (index, port) in program.inputs.enumerated() {
    let stream = RandomStream(seed: seed, purpose: .diagnostics, example: UInt64(index))
    let values = stream.normal(count: port.shape.count)
    executable.setInput(port.name, to: values)
    reference.inputs[port.name] = values.map(Double.init)
  }
  let expected = try reference.evaluate(program)
  // Twice, so that state left by the first run would show.
  try executable.run()
  try executable.run()
  var worst = 0.0
  for port in program.results {
    let wanted = expected[port.name] ?? []
    let scale = wanted.map(abs).max() ?? 0
    for (got, want) in zip(executable.result(port.name), wanted) {
      worst = max(worst, abs(Double(got) - want) / max(scale, 1e-30))
    }
  }
  return worst
}

private let backends: [CompileOptions] = [
  CompileOptions(), CompileOptions(convolutionBackend: .gemm),
  CompileOptions(winograd: .always),
]

@Suite struct ExecutableTests {
  @Test func elementwiseChainsAndReductionsMatchTheReference() throws {
    let graph = Graph()
    let x = graph.input("x", [6, 5, 7])
    let row = graph.input("row", [1, 1, 7])
    let column = graph.input("column", [6, 5, 1])
    let y = sigmoid(x * row + column) * exp(-0.5 * square(x))
    let softened = softmax(y, axis: 2)
    let results = [
      y, softened, y.sum([0]), y.sum([1]), y.sum([2]), y.sum([0, 2]), y.sum(), x.sum([0, 1]),
      select(less(x, row), y, column.broadcast(to: x.shape)), tanh(y) - row,
    ]
    #expect(try difference(results) < 2e-6)
  }

  @Test func productsInSumsAndDifferencesAreOneInstructionEach() throws {
    let graph = Graph()
    let x = graph.input("x", [9, 70])
    let y = graph.input("y", [9, 70])
    let z = graph.input("z", [9, 1])
    let shared = x * y
    let results = [
      x * y + z, x * y - z, z - x * y, x * 3 + y, y - x * 3, x * 3 - y, x * x + y * y,
      x * z - y * z, shared + y, shared - x, (x * y + z) * (z - y * 0.5) + x,
    ]
    #expect(try difference(results) < 1e-6)
    // One at a time, for a product with one use only is part of its sum.
    for result in results { #expect(try difference([result]) < 1e-6) }
    #expect(try difference([(x * y + z).sum([1]), (square(x) - y * 2).sum()]) < 1e-6)
  }

  @Test func numbersInSelectionsTakeNoOperandsPlace() throws {
    let graph = Graph()
    let x = graph.input("x", [40])
    let zero = graph.constant(0, x.shape)
    let one = graph.constant(1, x.shape)
    // In each selection the condition or the value is used for the last time.
    let positive = select(less(zero, exp(x) - 1), sin(x), zero)
    let negative = select(less(cos(x), zero), zero, tanh(x) + x)
    let both = select(less(sin(3 * x), x), one, zero)
    #expect(try difference([positive * negative + both]) < 2e-6)
    #expect(try difference([negative, positive]) < 2e-6)
    #expect(try difference([both]) < 2e-6)
  }

  @Test(arguments: backends.indices)
  func convolutionNetworksAndTheirThirdDerivativesMatchTheReference(backend: Int) throws {
    let graph = Graph()
    let x = graph.input("x", [2, 3, 8, 8])
    let first = graph.input("first", [16, 3, 3, 3]) * 0.2
    let second = graph.input("second", [32, 16, 3, 3]) * 0.1
    let last = graph.input("last", [3, 32, 1, 1]) * 0.2
    let bias = graph.input("bias", [1, 16, 1, 1])
    let v = graph.input("v", [2, 3, 8, 8])
    var h = convolution(x, first, .same(kernel: 3))
    let mean = h.mean([2, 3])
    let centred = h - mean
    h = centred * reciprocalSqrt(square(centred).mean([2, 3]) + 1e-6) + bias
    h = h * sigmoid(h)
    let down = resample(
      h, ResamplingFilter(taps: [1, 3, 3, 1].map { $0 / 8 }, down: 2, padLow: 1, padHigh: 1))
    h = convolution(down, second, .same(kernel: 3))
    h = resample(
      h * sigmoid(h),
      ResamplingFilter(taps: [1, 3, 3, 1].map { $0 / 4 }, up: 2, padLow: 2, padHigh: 1))
    h = concatenate([h, h * 0.5], axis: 1).sliced(start: [0, 16, 0, 0], size: [2, 32, 8, 8])
    let score = convolution(h, last, ConvolutionWindow())
    let u = vjp(of: score, at: x, cotangent: v)
    let w = jvp(of: score, at: x, tangent: v)
    let loss = square(u - w).sum() + square(score).sum()
    let results =
      [score, u, w, loss] + gradients(of: loss, at: [first, second, last, bias, x])
    #expect(try difference(results, backends[backend]) < 3e-5)
  }

  @Test func attentionMatchesTheReference() throws {
    let graph = Graph()
    let x = graph.input("x", [2, 16, 4, 4])
    let weights = (0..<3).map { graph.input("w\($0)", [16, 16]) * 0.3 }
    let qkv = weights.map { weight in
      convolution(x, weight.transposed([1, 0]).reshaped(to: [16, 16, 1, 1]), ConvolutionWindow())
        .reshaped(to: [2, 16, 16])
    }
    let attention = softmax(
      matrixProduct(qkv[0], qkv[1], transposeFirst: true) * 0.25, axis: 2)
    let out = matrixProduct(qkv[2], attention, transposeSecond: true).reshaped(to: [2, 16, 4, 4])
    let sum = square(out + x).sum()
    #expect(try difference([out, sum] + gradients(of: sum, at: weights + [x])) < 1e-5)
  }

  @Test func boundMemoryIsReadAndWrittenInPlace() throws {
    let graph = Graph()
    let x = graph.input("x", [40])
    let program = Program([("double", x * 2), ("again", x * 2), ("same", x)])
    let input = UnsafeMutableBufferPointer<Float>.allocate(capacity: 40)
    let output = UnsafeMutableBufferPointer<Float>.allocate(capacity: 40)
    defer {
      input.deallocate()
      output.deallocate()
    }
    for index in 0..<40 { input[index] = Float(index) }
    let executable = try Executable(program, external: ["x": input, "double": output])
    try executable.run()
    #expect(Array(output) == (0..<40).map { Float(2 * $0) })
    #expect(Array(executable.result("again")) == Array(output))
    #expect(Array(executable.result("same")) == Array(input))
  }

  @Test func resultsBelongToTheCallerFromTheirCompletionOn() throws {
    let graph = Graph()
    let x = graph.input("x", [4, 16])
    let sum = x.sum([0])
    let later = tanh(matrixProduct(sum.reshaped(to: [1, 16]), sum.reshaped(to: [16, 1])))
    let program = Program([("sum", sum), ("same", sum), ("later", later)])
    let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 32)
    defer { memory.deallocate() }
    let names = ["sum", "same"]
    let buffers = [0..<16, 16..<32].map { UnsafeMutableBufferPointer(rebasing: memory[$0]) }
    let executable = try Executable(
      program, external: Dictionary(uniqueKeysWithValues: zip(names, buffers)))
    executable.setInput("x", to: (0..<64).map { Float($0) / 512 })
    let expected = (0..<16).map { Float($0 * 4 + 96) / 512 }
    for _ in 0..<2 {
      var seen: [String: [Float]] = [:]
      try executable.run { steps in
        for (name, buffer) in zip(names, buffers) where executable.completion(of: name) == steps {
          seen[name] = Array(buffer)
          buffer.update(repeating: 100)
        }
      }
      #expect(seen == ["sum": expected, "same": expected])
      #expect(memory.allSatisfy { $0 == 100 })
      let square = expected.reduce(0) { $0 + $1 * $1 }
      #expect(abs(executable.result("later")[0] - tanh(square)) < 1e-6)
    }
    #expect(executable.completion(of: "same") < executable.completion(of: "sum"))
  }
}
