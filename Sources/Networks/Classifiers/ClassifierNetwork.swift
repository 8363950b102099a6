public import Autodiff

/// A function of noisy data and noise level that tells classes apart.
public protocol ClassifierNetwork: Parameterized {
  /// The number K of classes.
  var classes: Int { get }

  /// Builds the logits of the classes.
  ///
  /// - Parameters:
  ///   - x: Noisy data, `[B]` followed by the example's shape.
  ///   - noise: What the network is told about the noise, `[B]`; see ``Network``.
  ///   - parameters: The values of the network's parameters.
  ///   - statistics: The mode of batch normalization in training; nil in evaluation, where running
  ///     statistics are used and each example's logits depend on that example only.
  /// - Returns: The logits, `[B, K]`.
  func logits(
    _ x: Value, noise: Value, parameters: ParameterValues, statistics: BatchStatistics?
  ) -> Value
}
