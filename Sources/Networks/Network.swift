public import Autodiff

/// A function of noisy data and noise level, written over the primitives of `Autodiff`.
///
/// It owns no weights: it lists the parameters that it needs and is given their values in a graph.
public protocol Network: Parameterized {
  /// The probability with which dropout layers silence an element; 0 if there are none.
  var dropoutRate: Float { get }

  /// Builds the network's output.
  ///
  /// - Parameters:
  ///   - x: Noisy data, `[B]` followed by the example's shape.
  ///   - noise: What the network is told about the noise, `[B]`: the standard deviation, or the
  ///     time label where the embedding is positional (999 t for continuous time).
  ///   - parameters: The values of the network's parameters.
  ///   - dropout: The keys of the dropout layers, nil in evaluation.
  ///   - recorder: Receives the output of each module.
  /// - Returns: The raw output, of the shape of `x`.
  func output(
    _ x: Value, noise: Value, parameters: ParameterValues, dropout: DropoutKeys?,
    recorder: ActivationRecorder?
  ) -> Value
}

extension Network {
  /// No dropout.
  public var dropoutRate: Float { 0 }

  /// Builds the network's output without recording activations.
  ///
  /// - Parameters:
  ///   - x: Noisy data, `[B]` followed by the example's shape.
  ///   - noise: What the network is told about the noise, `[B]`.
  ///   - parameters: The values of the network's parameters.
  ///   - dropout: The keys of the dropout layers, nil in evaluation.
  /// - Returns: The raw output, of the shape of `x`.
  public func output(
    _ x: Value, noise: Value, parameters: ParameterValues, dropout: DropoutKeys? = nil
  ) -> Value {
    output(x, noise: noise, parameters: parameters, dropout: dropout, recorder: nil)
  }
}

extension Value {
  /// A value for each example, `[B]`, shaped so that it broadcasts against `[B, ...]`.
  func perExample(like other: Value) -> Value {
    reshaped(to: Shape([shape[0]] + [Int](repeating: 1, count: other.shape.rank - 1)))
  }
}
