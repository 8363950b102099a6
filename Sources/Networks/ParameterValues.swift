public import Autodiff

/// The values that a network's parameters have in a graph.
public struct ParameterValues {
  private let lookup: (Parameter) -> Value

  /// Parameters that are bound when the program runs: inputs of a graph under their own names.
  ///
  /// - Parameter graph: The graph that gets an input for each parameter when it is first used.
  public init(inputsOf graph: Graph) {
    self.init { graph.input($0.name, $0.shape) }
  }

  /// Parameters that are found in another way.
  ///
  /// - Parameter lookup: Returns the value of a parameter, of the parameter's shape.
  public init(_ lookup: @escaping (Parameter) -> Value) {
    self.lookup = lookup
  }

  /// The value of one parameter.
  public subscript(parameter: Parameter) -> Value {
    let value = lookup(parameter)
    precondition(
      value.shape == parameter.shape,
      "parameter \(parameter.name) is \(value.shape), expected \(parameter.shape)")
    return value
  }
}
