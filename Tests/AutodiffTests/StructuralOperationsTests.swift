import Autodiff
import TestSupport
import Testing

@Suite struct StructuralOperationsTests {
  // A non-linear function in front makes second and third derivatives informative.
  private func check(
    _ shapes: [Shape], orders: Int = 3, _ function: @escaping ([Value]) -> Value
  ) throws -> [String] {
    let samples = shapes.enumerated().map { Sample.uniform($1, seed: UInt64($0 + 1)) }
    return try DerivativeChecker(samples) { function($0.map { sin($0 * 2) }) }
      .discrepancies(orders: orders)
  }

  @Test func broadcastHasItsDerivatives() throws {
    #expect(try check([[2, 1, 3]]) { $0[0].broadcast(to: [2, 4, 3]) } == [])
    #expect(try check([[1, 1]]) { $0[0].broadcast(to: [0, 4]) } == [])
  }

  @Test func sumsAndMeansHaveTheirDerivatives() throws {
    #expect(try check([[2, 3, 2]]) { $0[0].sum([0, 2]) } == [])
    #expect(try check([[2, 3, 2]]) { square($0[0].mean([1], droppingAxes: true)) } == [])
    #expect(try check([[3, 1]]) { square($0[0].mean()) } == [])
    #expect(try check([[0, 3]]) { $0[0].sum([0]) } == [])
  }

  @Test func maximumOverAxesIsAConstantInDerivatives() throws {
    let graph = Graph()
    let x = graph.input("x", [2, 3])
    let top = x.constantMaximum([1])
    let evaluator = ReferenceEvaluator(["x": [1, 5, 2, -1, -4, -2]])
    #expect(try evaluator.evaluate(top) == [5, -1])
    #expect(gradients(of: top.sum(), at: [x])[0].constantValue == 0)
  }

  @Test func reshapeAndTransposeHaveTheirDerivatives() throws {
    #expect(try check([[2, 3, 2]]) { $0[0].reshaped(to: [4, 3]) } == [])
    #expect(try check([[2, 3, 4]]) { $0[0].transposed([2, 0, 1]) } == [])
    #expect(try check([[0, 3]]) { $0[0].transposed([1, 0]).reshaped(to: [0]) } == [])
  }

  @Test func sliceAndPadHaveTheirDerivatives() throws {
    #expect(try check([[4, 3]]) { $0[0].sliced(start: [1, 0], size: [2, 2]) } == [])
    #expect(try check([[2, 3]]) { $0[0].padded(start: [1, 2], to: [4, 6]) } == [])
    #expect(try check([[4, 3]]) { $0[0].sliced(start: [4, 0], size: [0, 3]) } == [])
  }

  @Test func concatenationHasItsDerivatives() throws {
    #expect(try check([[2, 1], [2, 3], [2, 0]]) { concatenate($0, axis: 1) } == [])
    #expect(try check([[2, 2]]) { concatenate([$0[0], $0[0] * $0[0]], axis: 0) } == [])
  }

  @Test func stoppedGradientIsAConstantInDerivatives() throws {
    let graph = Graph()
    let x = graph.input("x", [2])
    let stopped = x.stoppingGradient * x
    let evaluator = ReferenceEvaluator(["x": [3, -2]])
    #expect(try evaluator.evaluate(gradients(of: stopped.sum(), at: [x])[0]) == [3, -2])
    let pushed = jvp(of: stopped, at: x, tangent: graph.constant(1, [2]))
    #expect(try evaluator.evaluate(pushed) == [3, -2])
    #expect(
      gradients(of: gradients(of: stopped.sum(), at: [x])[0].sum(), at: [x])[0].constantValue == 0)
  }

  @Test func elementsMoveAsInNumPy() throws {
    let graph = Graph()
    let x = graph.input("x", [2, 3])
    let found = try ReferenceEvaluator(["x": [0, 1, 2, 3, 4, 5]]).evaluate([
      x.transposed([1, 0]), x.sliced(start: [0, 1], size: [2, 2]),
      x.padded(start: [1, 0], to: [3, 4]), concatenate([x, x], axis: 1), x.sum([0]),
      x.sliced(start: [1, 0], size: [1, 3]).broadcast(to: [2, 3]),
    ])
    let expected: [[Double]] = [
      [0, 3, 1, 4, 2, 5], [1, 2, 4, 5], [0, 0, 0, 0, 0, 1, 2, 0, 3, 4, 5, 0],
      [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5], [3, 5, 7], [3, 4, 5, 3, 4, 5],
    ]
    #expect(found == expected)
  }
}
