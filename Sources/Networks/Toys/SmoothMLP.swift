public import Autodiff

/// A multilayer perceptron of points with the noise level as one more coordinate.
///
/// Its activations are smooth, so that derivatives of any order exist, as the Fokker-Planck penalty
/// needs them.
public struct SmoothMLP: Network {
  /// What the network makes of the number it is told about the noise level.
  public enum NoiseCoordinate: Sendable, Hashable {
    /// The number times a factor.
    case scaled(Float)
    /// Its logarithm.
    case logarithm
  }

  /// The shape of one example, `[D]`.
  public let exampleShape: Shape
  private let layers: [Dense]
  private let activations: [Activation]
  private let noiseCoordinate: NoiseCoordinate

  /// Describes the network.
  ///
  /// - Parameters:
  ///   - dimension: The number of coordinates of a point.
  ///   - hidden: The number of units and the activation of each hidden layer.
  ///   - noiseCoordinate: What the network makes of the number for the noise level.
  public init(
    dimension: Int, hidden: [(width: Int, activation: Activation)],
    noiseCoordinate: NoiseCoordinate
  ) {
    exampleShape = [dimension]
    let widths = [dimension + 1] + hidden.map(\.width) + [dimension]
    layers = widths.indices.dropLast().map {
      Dense(uniform: "layers.\(2 * $0)", from: widths[$0], to: widths[$0 + 1])
    }
    activations = hidden.map(\.activation)
    self.noiseCoordinate = noiseCoordinate
  }

  /// All parameters in the order of the layers.
  public var parameters: [Parameter] { layers.flatMap(\.parameters) }

  /// Builds the raw output, as ``Network`` describes.
  public func output(
    _ x: Value, noise: Value, parameters: ParameterValues, dropout: DropoutKeys?,
    recorder: ActivationRecorder?
  ) -> Value {
    checkShapes(x, noise: noise)
    let level = noise.perExample(like: x)
    let coordinate =
      switch noiseCoordinate {
      case .scaled(let factor): level * factor
      case .logarithm: log(level)
      }
    var hidden = layers[0](concatenate([x, coordinate], axis: 1), parameters)
    for (index, activation) in activations.enumerated() {
      recorder?.record(hidden, of: "layers.\(2 * index)")
      hidden = layers[index + 1](activation(hidden), parameters)
    }
    recorder?.record(hidden, of: "layers.\(2 * activations.count)")
    return hidden
  }
}
