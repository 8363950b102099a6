public import Autodiff

/// A small network for points in the plane.
///
/// See Chao et al. (2023), section 3.2. Points go through 64, 128 and 256 units, sigma through three single units, both together
/// through one more layer. All activations are swish with learned betas. In two dimensions the
/// network has 42,509 parameters.
public struct ToyMLP: Network {
  /// The shape of one example, `[D]`.
  public let exampleShape: Shape
  private let points: [Dense]
  private let noise: [Dense]
  private let pointActivations: [LearnedSwish]
  private let noiseActivations: [LearnedSwish]
  private let joint: LearnedSwish
  private let last: Dense
  private let outputActivation: Activation

  /// Describes the network.
  ///
  /// - Parameters:
  ///   - dimension: The number of coordinates of a point.
  ///   - outputActivation: Applied to the output; the paper's conservative models use ELU, or
  ///     leaky ReLU of slope 0.1 for 8-Gaussian, the others none.
  public init(dimension: Int = 2, outputActivation: Activation = .identity) {
    exampleShape = [dimension]
    self.outputActivation = outputActivation
    let widths = [dimension, 64, 128, 256]
    points = (0..<3).map {
      Dense(uniform: "input_network.\(2 * $0)", from: widths[$0], to: widths[$0 + 1])
    }
    pointActivations = (0..<2).map {
      LearnedSwish("input_network.\(2 * $0 + 1)", channels: widths[$0 + 1])
    }
    noise = (0..<3).map { Dense(uniform: "noise_network.\(2 * $0)", from: 1, to: 1) }
    noiseActivations = (0..<2).map {
      LearnedSwish("noise_network.\(2 * $0 + 1)", channels: 1)
    }
    joint = LearnedSwish("act_", channels: widths[3] + 1)
    last = Dense(uniform: "concat_network", from: widths[3] + 1, to: dimension)
  }

  /// All parameters in the order of the reference implementation.
  public var parameters: [Parameter] {
    last.parameters + joint.parameters + interleaved(points, pointActivations)
      + interleaved(noise, noiseActivations)
  }

  /// Builds the raw output, as ``Network`` describes.
  public func output(
    _ x: Value, noise sigma: Value, parameters: ParameterValues, dropout: DropoutKeys?,
    recorder: ActivationRecorder?
  ) -> Value {
    checkShapes(x, noise: sigma)
    let first = chain(x, points, pointActivations, parameters)
    let second = chain(sigma.perExample(like: x), noise, noiseActivations, parameters)
    recorder?.record(first, of: "input_network")
    recorder?.record(second, of: "noise_network")
    let hidden = joint(concatenate([first, second], axis: 1), parameters)
    let output = last(hidden, parameters)
    recorder?.record(output, of: "concat_network")
    return outputActivation(output)
  }

  private func chain(
    _ x: Value, _ layers: [Dense], _ activations: [LearnedSwish], _ values: ParameterValues
  ) -> Value {
    var hidden = layers[0](x, values)
    for (activation, layer) in zip(activations, layers.dropFirst()) {
      hidden = layer(activation(hidden, values), values)
    }
    return hidden
  }

  private func interleaved(_ layers: [Dense], _ activations: [LearnedSwish]) -> [Parameter] {
    layers.indices.flatMap { index in
      layers[index].parameters
        + (index < activations.count ? activations[index].parameters : [])
    }
  }
}
