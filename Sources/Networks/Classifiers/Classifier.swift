public import Autodiff

/// How the logarithm of a class's probability is formed from logits.
public enum ClassLogarithm: String, Sendable, Hashable, CaseIterable {
  /// `log softmax`, exact for any logits.
  case exact
  /// `log(softmax + 1e-8)`, as the reference implementation of Chao et al. (2022) has it. Its
  /// gradient dies where the probability is far below 1e-8.
  case shifted
}

/// A classifier of noisy data, `p(y | x, sigma)`.
public struct Classifier: Sendable {
  /// The network.
  public var network: any ClassifierNetwork

  /// How logarithms of probabilities are formed where their gradient by the data is taken.
  public var logarithm: ClassLogarithm

  /// Combines a network with its logarithm.
  public init(network: any ClassifierNetwork, logarithm: ClassLogarithm = .exact) {
    self.network = network
    self.logarithm = logarithm
  }

  /// Builds the logarithm of each class's probability.
  ///
  /// - Parameter logits: `[B, K]`.
  /// - Returns: `[B, K]`.
  public func logProbabilities(_ logits: Value) -> Value {
    switch logarithm {
    case .exact: logSoftmax(logits, axis: 1)
    case .shifted: log(softmax(logits, axis: 1) + 1e-8)
    }
  }

  /// Builds the gradient by the data of the summed logarithms of the chosen classes' probabilities.
  ///
  /// Where examples do not influence each other, in evaluation, it is the score of the likelihood,
  /// `grad log p(y | x)`. With statistics of the batch it includes the derivatives across examples.
  ///
  /// - Parameters:
  ///   - logits: `[B, K]`, a function of the data.
  ///   - data: Noisy data, `[B]` followed by the example's shape.
  ///   - choice: 1 for the class of each example and 0 for the others, `[B, K]`.
  /// - Returns: The gradient, of the shape of the data.
  public func gradient(_ logits: Value, at data: Value, choice: Value) -> Value {
    vjp(of: logProbabilities(logits), at: data, cotangent: choice)
  }

  /// Builds the choice of a class for each example from its number.
  ///
  /// - Parameter labels: Numbers of classes, `[B]`.
  /// - Returns: 1 for the class of each example and 0 for the others, `[B, K]`.
  public func choice(_ labels: Value) -> Value {
    let numbers = labels.graph.literal((0..<network.classes).map(Float.init), [1, network.classes])
    return equal(labels.reshaped(to: [labels.shape[0], 1]), numbers)
  }
}
