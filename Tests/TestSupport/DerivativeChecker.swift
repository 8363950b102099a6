public import Autodiff

/// Holds the derivatives of a function, to any order, against central differences.
///
/// The function is made a scalar by a random cotangent; each higher order takes the previous
/// gradient along a random direction. So every order is a scalar whose gradient has `vjp` against
/// differences and `jvp` against `vjp` (the dot-product test).
public struct DerivativeChecker {
  private let function: ([Value]) -> Value
  private let samples: [Sample]

  /// Creates a checker of a function at the given arguments.
  public init(_ samples: [Sample], _ function: @escaping ([Value]) -> Value) {
    self.samples = samples
    self.function = function
  }

  /// What is wrong with the derivatives, one line for each failure.
  ///
  /// - Parameters:
  ///   - orders: The highest order; beyond the first, the function must be smooth.
  ///   - tolerance: The largest error relative to the largest element of the derivative.
  /// - Returns: Nothing if all derivatives are right.
  /// - Throws: `ReferenceError` if the function reads inputs other than its arguments.
  public func discrepancies(
    orders: Int = 3, tolerance: Double = 1e-7
  ) throws(ReferenceError) -> [String] {
    let graph = Graph()
    let arguments = samples.enumerated().map { graph.input("x\($0)", $1.shape) }
    var inputs = Dictionary(
      uniqueKeysWithValues: samples.enumerated().map { ("x\($0)", $1.elements) })
    let varied = samples.indices.filter { samples[$0].isDifferentiated }
    func random(_ name: String, _ shape: Shape) -> Value {
      inputs[name] = uniformElements(shape.count, seed: UInt64(100 + inputs.count))
      return graph.input(name, shape)
    }
    let result = function(arguments)
    var scalar = (result * random("c", result.shape)).sum()
    var failures: [String] = []
    for order in 1...orders {
      let directions = varied.map { random("d\(order)/\($0)", samples[$0].shape) }
      let at = varied.map { arguments[$0] }
      let gradients = gradients(of: scalar, at: at)
      let next = dot(gradients, directions, in: graph)
      let pushed = jvp(of: [scalar], at: at, tangents: directions)[0]
      let evaluator = ReferenceEvaluator(inputs)
      failures += try comparison(
        "order \(order): jvp against vjp", found: evaluator.evaluate(pushed),
        expected: evaluator.evaluate(next), tolerance: 1e-12)
      for (index, gradient) in zip(varied, gradients) {
        failures += try comparison(
          "order \(order): vjp by argument \(index)", found: evaluator.evaluate(gradient),
          expected: differences(of: scalar, by: "x\(index)", evaluator), tolerance: tolerance)
      }
      scalar = next
    }
    return failures
  }

  private func dot(_ x: [Value], _ y: [Value], in graph: Graph) -> Value {
    zip(x, y).reduce(graph.constant(0)) { $0 + ($1.0 * $1.1).sum() }
  }

  // Fourth-order central differences: the error of rounding dominates, not that of truncation.
  private func differences(
    of scalar: Value, by name: String, _ evaluator: ReferenceEvaluator
  ) throws(ReferenceError) -> [Double] {
    let program = Program([("scalar", scalar)])
    guard let elements = evaluator.inputs[name], program.inputs.contains(where: { $0.name == name })
    else {
      return [Double](repeating: 0, count: evaluator.inputs[name]?.count ?? 0)
    }
    let step = 1e-3
    var result: [Double] = []
    for index in elements.indices {
      var total = 0.0
      for (offset, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
        var moved = evaluator
        moved.inputs[name]?[index] += offset * step
        total += weight * (try moved.evaluate(program)["scalar"]?.first ?? .nan)
      }
      result.append(total / (12 * step))
    }
    return result
  }
}
