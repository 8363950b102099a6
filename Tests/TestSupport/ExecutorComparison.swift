public import Autodiff

/// Runs a program in single precision: inputs by name to results by name.
public typealias ProgramRunner = (Program, [String: [Float]]) throws -> [String: [Float]]

/// Holds an executor's results against the `Double` reference.
///
/// - Parameters:
///   - program: What both run.
///   - inputs: As `ReferenceEvaluator` takes them; both see them rounded to `Float`.
///   - tolerance: The largest error relative to each result's largest element, if that is over 1e-3.
///   - runner: The executor.
/// - Returns: One line for each result that differs.
/// - Throws: What the executor throws, or `ReferenceError`.
public func executorDiscrepancies(
  _ program: Program, _ inputs: [String: [Double]], tolerance: Double, runner: ProgramRunner
) throws -> [String] {
  let keys = dropoutKeys(of: program)
  var bound: [String: [Float]] = [:]
  var rounded = inputs
  for port in program.inputs {
    let elements = inputs[port.name] ?? []
    if keys.contains(port.name) {
      bound[port.name] = elements.map { Float(bitPattern: UInt32($0)) }
    } else {
      bound[port.name] = elements.map(Float.init)
      rounded[port.name] = elements.map { Double(Float($0)) }
    }
  }
  let expected = try ReferenceEvaluator(rounded).evaluate(program)
  let found = try runner(program, bound)
  return program.results.flatMap { port in
    comparison(
      port.name, found: (found[port.name] ?? []).map(Double.init),
      expected: expected[port.name] ?? [], tolerance: tolerance, smallestScale: 1e-3)
  }
}

// Inputs that hold dropout keys: pairs of words, not numbers.
private func dropoutKeys(of program: Program) -> Set<String> {
  var names: Set<String> = []
  for node in program.nodes {
    if case .dropoutMask = node.primitive,
      case .input(let name) = program.nodes[node.operands[0]].primitive
    {
      names.insert(name)
    }
  }
  return names
}
