import Autodiff
import Foundation
import TestSupport
import Testing

@Suite struct SimplificationTests {
  private let graph: Graph
  private let (x, y, small): (Value, Value, Value)

  init() {
    graph = Graph()
    x = graph.input("x", [2, 3])
    y = graph.input("y", [2, 3])
    small = graph.input("small", [2, 1])
  }

  private func count(_ value: Value) -> Int { Program([("value", value)]).nodes.count }

  @Test func neutralElementsDisappear() {
    let zero = graph.constant(0, [2, 3])
    for value in [x + 0, 0 + x, x - 0, x * 1, 1 * x, x / 1, -(-x), x + zero, maximum(x, x)] {
      #expect(value.number == x.number)
    }
    #expect((x - x).constantValue == 0)
    #expect((x * 0).constantValue == 0)
    #expect(matrixProduct(zero, y, transposeSecond: true).constantValue == 0)
  }

  @Test func constantsFold() {
    let two = graph.constant(2, [2, 3])
    #expect((two * 3 + 1).constantValue == 7)
    #expect(sqrt(two * 2).constantValue == 2)
    #expect(two.sum([0, 1]).constantValue == 12)
    #expect(two.transposed([1, 0]).reshaped(to: [6]).mean().constantValue == 2)
    #expect(select(graph.constant(1), x, y).number == x.number)
  }

  // Each pair: a value that is rewritten, and the number of nodes that is left of it.
  @Test func rewritingKeepsValuesAndSavesNodes() throws {
    let wide = small.broadcast(to: [2, 3])
    let cases: [(value: Value, nodes: Int, expected: ([Double], [Double], [Double]) -> [Double])] =
      [
        (x + (-y), 3, { x, y, _ in zip(x, y).map { $0 - $1 } }),
        ((-x) + y, 3, { x, y, _ in zip(x, y).map { $1 - $0 } }),
        (x - (-y), 3, { x, y, _ in zip(x, y).map { $0 + $1 } }),
        (-(x - y), 3, { x, y, _ in zip(x, y).map { $1 - $0 } }),
        ((-x) * (-y), 3, { x, y, _ in zip(x, y).map { $0 * $1 } }),
        (0 - x, 2, { x, _, _ in x.map { -$0 } }),
        (-1 * x, 2, { x, _, _ in x.map { -$0 } }),
        (2 * (x * 3), 3, { x, _, _ in x.map { $0 * 6 } }),
        (1 / x, 2, { x, _, _ in x.map { 1 / $0 } }),
        (x / 4, 3, { x, _, _ in x.map { $0 / 4 } }),
        (exp(wide) * 2, 5, { _, _, s in [0, 0, 0, 1, 1, 1].map { exp(s[$0]) * 2 } }),
        (wide * wide, 3, { _, _, s in [0, 0, 0, 1, 1, 1].map { s[$0] * s[$0] } }),
        (wide.sum([0, 1]), 4, { _, _, s in [3 * (s[0] + s[1])] }),
        ((-x).sum([0, 1]), 3, { x, _, _ in [-x.reduce(0, +)] }),
        (
          (x * wide).sum([1]), 4,
          { x, _, s in [(x[0] + x[1] + x[2]) * s[0], (x[3] + x[4] + x[5]) * s[1]] }
        ),
        (x.sum([0]).sum([1]), 2, { x, _, _ in [x.reduce(0, +)] }),
        (x.transposed([1, 0]).transposed([1, 0]), 1, { x, _, _ in x }),
        (x.reshaped(to: [6]).reshaped(to: [3, 2]), 2, { x, _, _ in x }),
        (
          x.padded(start: [1, 0], to: [4, 3]).sliced(start: [1, 0], size: [2, 3]), 1,
          { x, _, _ in x }
        ),
        (concatenate([x, y], axis: 0).sliced(start: [2, 0], size: [2, 3]), 1, { _, y, _ in y }),
        (
          x.padded(start: [0, 0], to: [4, 3]) + y.padded(start: [2, 0], to: [4, 3]), 3,
          { x, y, _ in x + y }
        ),
        (
          y.padded(start: [5, 0], to: [7, 3]) + x.padded(start: [3, 0], to: [7, 3])
            + x.padded(start: [1, 0], to: [7, 3]),
          4, { x, y, _ in [0, 0, 0] + x + x + y }
        ),
        (
          x.padded(start: [0, 0], to: [3, 4]) + y.padded(start: [1, 1], to: [3, 4]), 5,
          { x, y, _ in
            [x[0], x[1], x[2], 0, x[3], x[4] + y[0], x[5] + y[1], y[2], 0, y[3], y[4], y[5]]
          }
        ),
        (
          concatenate([x, y], axis: 1).sliced(start: [0, 4], size: [2, 2]), 2,
          { _, y, _ in [y[1], y[2], y[4], y[5]] }
        ),
      ]
    let (xs, ys) = ([1.5, -2, 0.25, 3, -1, 4], [0.5, 2, -3, 1, -0.75, 2])
    let evaluator = ReferenceEvaluator(["x": xs, "y": ys, "small": [0.5, -1]])
    for (index, item) in cases.enumerated() {
      let found = try evaluator.evaluate(item.value)
      let expected = item.expected(xs, ys, [0.5, -1])
      #expect(comparison("case \(index)", found: found, expected: expected, tolerance: 1e-15) == [])
      #expect(count(item.value) == item.nodes, "case \(index)")
    }
  }

  @Test func symbolicZerosAreNeverMaterialized() {
    let loss = (sin(x) * 2 + y * y).sum()
    let mixed = gradients(of: gradients(of: loss, at: [x])[0].sum(), at: [y])[0]
    #expect(mixed.constantValue == 0)
    let joined = concatenate([x, y], axis: 0)
    let pushed = jvp(of: joined.sum(), at: y, tangent: graph.constant(0, [2, 3]))
    #expect(pushed.constantValue == 0)
    let program = Program([
      ("gradient", gradients(of: (joined * joined).sum(), at: [x])[0]),
      ("second", gradients(of: square(gradients(of: loss, at: [y])[0]).sum(), at: [y])[0]),
    ])
    for node in program.nodes {
      if case .constant(let bits) = node.primitive { #expect(Float(bitPattern: bits) != 0) }
    }
  }
}
