public import Autodiff

/// A one-layer autoencoder, `s(x) = R h(W^T x + b) + c`.
///
/// See Chao et al. (2023), section 6. It ignores the noise level. Its field is conservative if and only if `W R^T = R W^T`.
public struct Autoencoder: Network {
  /// The function h.
  public enum HiddenActivation: String, Sendable, Hashable, CaseIterable {
    /// Swish with a learned beta for each unit, as the reference implementation has it.
    case swish
    /// The logistic function, which gives the published figure.
    case sigmoid
  }

  /// The shape of one example, `[D]`.
  public let exampleShape: Shape
  private let decoder: Dense
  private let encoder: Dense
  private let swish: LearnedSwish?

  /// Describes the network, with as many hidden units as coordinates.
  public init(dimension: Int = 2, activation: HiddenActivation = .swish) {
    exampleShape = [dimension]
    let start = Initialization.uniform(bound: 1)
    decoder = Dense("R", from: dimension, to: dimension, weight: start, bias: start)
    encoder = Dense("Wt", from: dimension, to: dimension, weight: start, bias: start)
    swish = activation == .swish ? LearnedSwish("Sig", channels: dimension) : nil
  }

  /// All parameters in the order of the reference implementation.
  public var parameters: [Parameter] {
    decoder.parameters + encoder.parameters + (swish?.parameters ?? [])
  }

  /// Builds the raw output, as ``Network`` describes.
  public func output(
    _ x: Value, noise: Value, parameters: ParameterValues, dropout: DropoutKeys?,
    recorder: ActivationRecorder?
  ) -> Value {
    checkShapes(x, noise: noise)
    let encoded = encoder(x, parameters)
    let hidden = swish.map { $0(encoded, parameters) } ?? sigmoid(encoded)
    return decoder(hidden, parameters)
  }
}
