import Autodiff
import TestSupport
import Testing

@Suite struct ElementwiseOperationsTests {
  @Test(arguments: UnaryFunction.allCases)
  func functionOfOneNumberHasItsDerivatives(_ function: UnaryFunction) throws {
    let samples: [Sample] =
      switch function {
      case .log, .sqrt, .reciprocalSqrt, .reciprocal: [.uniform([2, 3], in: 0.5...2)]
      default: [.awayFromZero([2, 3])]
      }
    let checker = DerivativeChecker(samples) { apply(function, $0[0]) }
    #expect(try checker.discrepancies() == [])
  }

  @Test(arguments: BinaryFunction.allCases)
  func functionOfTwoNumbersHasItsDerivatives(_ function: BinaryFunction) throws {
    let checker = DerivativeChecker([
      .awayFromZero([2, 3]), .uniform([2, 3], in: 0.5...2, seed: 2),
    ]) { apply(function, $0[0], $0[1]) }
    #expect(try checker.discrepancies() == [])
  }

  @Test(arguments: BinaryFunction.allCases)
  func operandsBroadcastAsInNumPy(_ function: BinaryFunction) throws {
    let shapes: [(Shape, Shape)] = [
      ([2, 3, 2], [3, 1]), ([], [2, 2]), ([3, 1], [1, 4]), ([2, 0], [1]),
    ]
    for (first, second) in shapes {
      let checker = DerivativeChecker([
        .awayFromZero(first), .uniform(second, in: 0.5...2, seed: 3),
      ]) { apply(function, $0[0], $0[1]) }
      #expect(try checker.discrepancies(orders: 2) == [], "\(first) and \(second)")
    }
  }

  @Test func selectPassesDerivativesToTheChosenOperand() throws {
    let condition = Sample([2, 2], [0, 1, 1, 0], isDifferentiated: false)
    for (first, second) in [([2, 2], [2, 2]), ([2], [2, 1]), ([], [1, 1])] as [(Shape, Shape)] {
      let checker = DerivativeChecker([
        condition, .uniform(first), .uniform(second, seed: 2),
      ]) { select($0[0], sin($0[1]), $0[1] * $0[2]) }
      #expect(try checker.discrepancies() == [], "\(first) and \(second)")
    }
  }

  @Test func comparisonsAreOneOrZero() throws {
    let graph = Graph()
    let x = graph.input("x", [3])
    let y = graph.input("y", [3])
    let found = try ReferenceEvaluator(["x": [1, 2, 3], "y": [2, 2, 2]]).evaluate([
      less(x, y), lessOrEqual(x, y), equal(x, y), maximum(x, y), minimum(x, y),
      select(less(x, y), x, y),
    ])
    let expected: [[Double]] = [
      [1, 0, 0], [1, 1, 0], [0, 1, 0], [2, 2, 3], [1, 2, 2], [1, 2, 2],
    ]
    #expect(found == expected)
  }

  @Test func maximumWithZeroHasDerivativeZeroAtZero() throws {
    let graph = Graph()
    let x = graph.input("x", [3])
    let slope = gradients(of: maximum(x, graph.constant(0, [3])).sum(), at: [x])[0]
    #expect(try ReferenceEvaluator(["x": [-1, 0, 1]]).evaluate(slope) == [0, 0, 1])
  }

  @Test func softmaxSumsToOneAndHasItsDerivatives() throws {
    let graph = Graph()
    let x = graph.input("x", [2, 3])
    let rows = softmax(x, axis: 1).sum([1])
    let large = ReferenceEvaluator(["x": [1000, 999, 0, -1000, -1000, -1001]])
    #expect(
      try comparison("rows", found: large.evaluate(rows), expected: [1, 1], tolerance: 1e-15) == [])
    let checker = DerivativeChecker([.uniform([2, 4], in: -2...2)]) { softmax($0[0], axis: 1) }
    #expect(try checker.discrepancies() == [])
  }
}
