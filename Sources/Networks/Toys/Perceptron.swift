public import Autodiff

/// A multilayer perceptron of points with `log(sigma)` as one more coordinate.
///
/// Its output is divided by sigma, so it stands for the score directly.
public struct Perceptron: Network {
  /// The shape of one example, `[D]`.
  public let exampleShape: Shape
  private let layers: [Dense]

  /// Describes the network.
  ///
  /// - Parameters:
  ///   - dimension: The number of coordinates of a point.
  ///   - width: The number of units of each hidden layer.
  ///   - hiddenLayers: The number of hidden layers.
  public init(dimension: Int, width: Int, hiddenLayers: Int) {
    exampleShape = [dimension]
    let widths = [dimension + 1] + [Int](repeating: width, count: hiddenLayers) + [dimension]
    layers = widths.indices.dropLast().map {
      Dense(varianceScaled: "layers.\($0)", from: widths[$0], to: widths[$0 + 1])
    }
  }

  /// All parameters in the order of the layers.
  public var parameters: [Parameter] { layers.flatMap(\.parameters) }

  /// Builds the raw output, as ``Network`` describes.
  public func output(
    _ x: Value, noise: Value, parameters: ParameterValues, dropout: DropoutKeys?,
    recorder: ActivationRecorder?
  ) -> Value {
    checkShapes(x, noise: noise)
    let sigma = noise.perExample(like: x)
    var hidden = concatenate([x, log(sigma)], axis: 1)
    for (index, layer) in layers.enumerated() {
      hidden = layer(index == 0 ? hidden : Activation.swish(hidden), parameters)
      recorder?.record(hidden, of: "layers.\(index)")
    }
    return hidden * reciprocal(sigma)
  }
}
