import Autodiff
import Testing

@testable import Execution

/// Programs that no machine could hold are refused, and not for what they hold one after the other.
@Suite struct MemoryShortageTests {
  // Square matrices, each the product of the one before with itself; only inputs are small.
  private func chain(side: Int, length: Int) -> Program {
    let graph = Graph()
    let first = matrixProduct(graph.input("x", [side, 1]), graph.input("y", [1, side]))
    let last = (0..<length).reduce(first) { value, _ in matrixProduct(value, value) }
    return Program([("y", last)])
  }

  @Test func whatDoesNotFitIsRefusedWithItsSize() throws {
    // A tensor of two thirds of the memory; a product and its factor are needed at once.
    let side = Int((Double(MemoryShortage.physicalBytes) / 6).squareRoot())
    let program = chain(side: side, length: 4)
    #expect(throws: MemoryShortage.self) {
      try MemoryShortage.check(program, options: CompileOptions())
    }
    #expect(throws: MemoryShortage.self) { try Executable(program) }
  }

  @Test func memoryThatTensorsShareCountsOnce() throws {
    // All together four times the memory, but a tenth at any time.
    let side = Int((Double(MemoryShortage.physicalBytes) / 80).squareRoot())
    let program = chain(side: side, length: 80)
    try MemoryShortage.check(program, options: CompileOptions())
    #expect(throws: MemoryShortage.self) {
      try MemoryShortage.check(program, options: CompileOptions(), copies: 20)
    }
  }
}
