import CVectorKernels
import Foundation
import Testing

/// Runs one instruction on copies of the operands and returns the destination tile.
func runTile(
  _ operation: hk_operation, _ a: [Float], _ b: [Float] = [], _ c: [Float] = [],
  immediate: Float = 0
) -> [Float] {
  var tiles = [[Float](repeating: .nan, count: a.count), a, b, c]
  for index in 2...3 where tiles[index].isEmpty { tiles[index] = a }
  let length = a.count
  let memory = UnsafeMutablePointer<Float>.allocate(capacity: 4 * length)
  defer { memory.deallocate() }
  for (index, tile) in tiles.enumerated() {
    (memory + index * length).update(from: tile, count: length)
  }
  let registers = (0..<4).map { Optional(memory + $0 * length) }
  var instruction = hk_instruction()
  (instruction.op, instruction.dst) = (operation, 0)
  (instruction.a, instruction.b, instruction.c) = (1, 2, 3)
  instruction.immediate = immediate
  hk_execute(&instruction, 1, registers, length)
  return Array(UnsafeBufferPointer(start: memory, count: length))
}

@Suite struct TileProgramTests {
  /// An odd length, so that vector body and scalar remainder both run.
  let a: [Float] = (0..<187).map { Float(($0 * 37) % 101 - 50) * 0.25 }
  let b: [Float] = (0..<187).map { Float(($0 * 53) % 97 - 48) * 0.25 }
  let c: [Float] = (0..<187).map { Float(($0 * 29) % 89 - 44) * 0.5 }

  @Test(arguments: [HK_EXP, HK_TANH, HK_SIGMOID])
  func exponentialFamilyIsAccurateOverAllFiniteFloats(operation: hk_operation) {
    func reference(_ x: Double) -> Double {
      operation == HK_EXP ? exp(x) : operation == HK_TANH ? tanh(x) : 1 / (1 + exp(-x))
    }
    // Every 2^32/1e5-th bit pattern: all exponents and both signs.
    let inputs = stride(from: UInt32(0), to: .max - 50_000, by: 42_949)
      .map { Float(bitPattern: $0) }.filter { $0.isFinite }
    let smallest = Double(Float.leastNormalMagnitude)
    for (x, y) in zip(inputs, runTile(operation, inputs)) {
      let expected = reference(Double(x))
      guard Float(expected).isFinite else {
        #expect(y == Float(expected))
        continue
      }
      let error = abs(Double(y) - expected) / max(abs(expected), smallest)
      #expect(error < 3e-7, "at \(x): \(y), not \(expected)")
    }
  }

  @Test func exponentialFamilyIsExactAtZeroAndInfinity() {
    let points: [Float] = [0, -0.0, .infinity, -.infinity, 1000, -1000]
    #expect(runTile(HK_EXP, points) == [1, 1, .infinity, 0, .infinity, 0])
    #expect(runTile(HK_TANH, points) == [0, 0, 1, -1, 1, -1])
    #expect(runTile(HK_SIGMOID, points) == [0.5, 0.5, 1, 0, 1, 0])
  }

  @Test(arguments: [
    HK_EXP, HK_TANH, HK_SIGMOID, HK_LOG, HK_SIN, HK_COS, HK_SQRT, HK_RSQRT, HK_SIGN, HK_FLOOR,
    HK_MAXIMUM, HK_MINIMUM, HK_MAXIMUM_IMMEDIATE, HK_MINIMUM_IMMEDIATE,
  ])
  func notANumberPropagates(operation: hk_operation) {
    let tile = [Float](repeating: .nan, count: 19)
    let ones = [Float](repeating: 1, count: 19)
    #expect(runTile(operation, tile, ones).filter(\.isNaN).count == tile.count)
    if [HK_MAXIMUM, HK_MINIMUM].contains(operation) {
      #expect(runTile(operation, ones, tile).filter(\.isNaN).count == tile.count)
    }
  }

  @Test func sineAndCosineHoldForLargeArguments() {
    let large = a.map { $0 * 613.7 }
    for (x, y) in zip(large, runTile(HK_SIN, large)) {
      #expect(abs(sin(Double(x)) - Double(y)) < 1e-7)
    }
    for (x, y) in zip(large, runTile(HK_COS, large)) {
      #expect(abs(cos(Double(x)) - Double(y)) < 1e-7)
    }
  }

  @Test func unaryOperationsMatchSwift() {
    let positive = a.map { abs($0) + 0.125 }
    #expect(runTile(HK_COPY, a) == a)
    #expect(runTile(HK_FILL, a, immediate: 3) == a.map { _ in 3 })
    #expect(runTile(HK_NEGATE, a) == a.map { -$0 })
    #expect(runTile(HK_ABSOLUTE, a) == a.map { abs($0) })
    #expect(runTile(HK_SIGN, a) == a.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 })
    #expect(runTile(HK_FLOOR, a) == a.map { $0.rounded(.down) })
    #expect(runTile(HK_SQUARE, a) == a.map { $0 * $0 })
    #expect(runTile(HK_SQRT, positive) == positive.map { $0.squareRoot() })
    #expect(runTile(HK_RSQRT, positive) == positive.map { 1 / $0.squareRoot() })
    #expect(runTile(HK_RECIPROCAL, positive) == positive.map { 1 / $0 })
    for (x, y) in zip(positive, runTile(HK_LOG, positive)) {
      #expect(abs(log(Double(x)) - Double(y)) <= 1.2e-7 * max(1, abs(log(Double(x)))))
    }
  }

  @Test func binaryAndTernaryOperationsMatchSwift() {
    func expected(_ f: (Float, Float, Float) -> Float) -> [Float] {
      a.indices.map { f(a[$0], b[$0], c[$0]) }
    }
    #expect(runTile(HK_ADD, a, b) == expected { a, b, _ in a + b })
    #expect(runTile(HK_SUBTRACT, a, b) == expected { a, b, _ in a - b })
    #expect(runTile(HK_MULTIPLY, a, b) == expected { a, b, _ in a * b })
    #expect(runTile(HK_DIVIDE, b, positive) == zip(b, positive).map { $0 / $1 })
    #expect(runTile(HK_MAXIMUM, a, b) == expected { a, b, _ in max(a, b) })
    #expect(runTile(HK_MINIMUM, a, b) == expected { a, b, _ in min(a, b) })
    #expect(runTile(HK_LESS, a, b) == expected { a, b, _ in a < b ? 1 : 0 })
    #expect(runTile(HK_LESS_EQUAL, a, a) == a.map { _ in 1 })
    #expect(runTile(HK_EQUAL, a, b) == expected { a, b, _ in a == b ? 1 : 0 })
    #expect(runTile(HK_SELECT, a, b, c) == expected { a, b, c in a != 0 ? b : c })
    #expect(runTile(HK_MULTIPLY_ADD, a, b, c) == expected { a, b, c in a * b + c })
    #expect(runTile(HK_MULTIPLY_SUBTRACT, a, b, c) == expected { a, b, c in a * b - c })
    #expect(runTile(HK_NEGATED_MULTIPLY_ADD, a, b, c) == expected { a, b, c in c - a * b })
  }

  @Test func immediateOperationsMatchSwift() {
    let i: Float = 1.25
    #expect(runTile(HK_ADD_IMMEDIATE, a, immediate: i) == a.map { $0 + i })
    #expect(runTile(HK_SUBTRACT_FROM_IMMEDIATE, a, immediate: i) == a.map { i - $0 })
    #expect(runTile(HK_MULTIPLY_IMMEDIATE, a, immediate: i) == a.map { $0 * i })
    #expect(runTile(HK_DIVIDE_IMMEDIATE, a, immediate: i) == a.map { $0 / i })
    #expect(runTile(HK_DIVIDE_INTO_IMMEDIATE, positive, immediate: i) == positive.map { i / $0 })
    #expect(runTile(HK_MAXIMUM_IMMEDIATE, a, immediate: i) == a.map { max($0, i) })
    #expect(runTile(HK_MINIMUM_IMMEDIATE, a, immediate: i) == a.map { min($0, i) })
    #expect(runTile(HK_LESS_IMMEDIATE, a, immediate: i) == a.map { $0 < i ? 1 : 0 })
    #expect(runTile(HK_LESS_EQUAL_IMMEDIATE, a, immediate: i) == a.map { $0 <= i ? 1 : 0 })
    #expect(runTile(HK_GREATER_IMMEDIATE, a, immediate: i) == a.map { $0 > i ? 1 : 0 })
    #expect(runTile(HK_GREATER_EQUAL_IMMEDIATE, a, immediate: i) == a.map { $0 >= i ? 1 : 0 })
    #expect(runTile(HK_EQUAL_IMMEDIATE, a, immediate: i) == a.map { $0 == i ? 1 : 0 })
    #expect(
      runTile(HK_MULTIPLY_IMMEDIATE_ADD, a, b, immediate: i) == zip(a, b).map { $0 * i + $1 })
  }

  var positive: [Float] { a.map { abs($0) + 0.5 } }

  @Test func destinationMayBeTheTileOfEveryOperand() {
    var tile = a
    tile.withUnsafeMutableBufferPointer { buffer in
      let registers = [buffer.baseAddress]
      var square = hk_instruction()
      square.op = HK_MULTIPLY_ADD  // x * x + x
      var code = [square, square]
      code[1].op = HK_SIGMOID
      hk_execute(code, 2, registers, buffer.count)
    }
    let expected = runTile(HK_SIGMOID, a.map { $0 * $0 + $0 })
    #expect(tile == expected)
  }
}
