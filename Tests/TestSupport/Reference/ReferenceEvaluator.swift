public import Autodiff

/// Runs programs in `Double` with plain loops, as the meaning that executors are held against.
///
/// Tensors are flat arrays in row-major order. The two words of a dropout key are whole numbers
/// below 2^32, where an executor takes them as the bit patterns of floats.
public struct ReferenceEvaluator: Sendable {
  /// What every input is bound to, by name.
  public var inputs: [String: [Double]]

  /// Creates an evaluator for the given inputs.
  public init(_ inputs: [String: [Double]] = [:]) {
    self.inputs = inputs
  }

  /// The results of a program by name.
  ///
  /// - Parameter program: What to run.
  /// - Returns: Each result in row-major order.
  /// - Throws: `ReferenceError` if an input is missing or has another number of elements.
  public func evaluate(_ program: Program) throws(ReferenceError) -> [String: [Double]] {
    let tensors = try run(program)
    return Dictionary(
      program.results.map { ($0.name, tensors[$0.node]) }, uniquingKeysWith: { first, _ in first })
  }

  /// The elements of several values of one graph.
  ///
  /// - Parameter values: What to compute.
  /// - Returns: Each value in row-major order.
  /// - Throws: `ReferenceError` if an input is missing or has another number of elements.
  public func evaluate(_ values: [Value]) throws(ReferenceError) -> [[Double]] {
    let program = Program(values.enumerated().map { ("\($0)", $1) })
    let tensors = try run(program)
    return program.results.map { tensors[$0.node] }
  }

  /// The elements of one value.
  ///
  /// - Parameter value: What to compute.
  /// - Returns: The value in row-major order.
  /// - Throws: `ReferenceError` if an input is missing or has another number of elements.
  public func evaluate(_ value: Value) throws(ReferenceError) -> [Double] {
    try evaluate([value])[0]
  }

  // Tensors that no later node reads are dropped, so that whole training steps fit in memory.
  private func run(_ program: Program) throws(ReferenceError) -> [[Double]] {
    var lastUse = [Int](repeating: 0, count: program.nodes.count)
    for (number, node) in program.nodes.enumerated() {
      for operand in node.operands { lastUse[operand] = number }
    }
    for result in program.results { lastUse[result.node] = program.nodes.count }
    var tensors = [[Double]](repeating: [], count: program.nodes.count)
    for (number, node) in program.nodes.enumerated() {
      if case .input(let name) = node.primitive {
        tensors[number] = try bound(name, node.shape)
      } else {
        tensors[number] = node.referenceValue(
          node.operands.map { tensors[$0] }, node.operands.map { program.nodes[$0].shape })
      }
      for operand in node.operands where lastUse[operand] == number { tensors[operand] = [] }
    }
    return tensors
  }

  private func bound(_ name: String, _ shape: Shape) throws(ReferenceError) -> [Double] {
    guard let elements = inputs[name] else { throw .missingInput(name: name) }
    guard elements.count == shape.count else {
      throw .wrongCount(name: name, found: elements.count, expected: shape)
    }
    return elements
  }
}

/// A binding that a program cannot run with.
public enum ReferenceError: Error, CustomStringConvertible {
  /// Nothing is bound to the input.
  case missingInput(name: String)
  /// The bound tensor has another number of elements.
  case wrongCount(name: String, found: Int, expected: Shape)

  /// The input's name, what was found and what was expected.
  public var description: String {
    switch self {
    case .missingInput(let name): "input \"\(name)\" is not bound"
    case .wrongCount(let name, let found, let expected):
      "input \"\(name)\" has \(found) elements, expected \(expected)"
    }
  }
}
