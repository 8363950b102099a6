public import Autodiff

/// A small network for points in the plane that is told sigma itself, as a score or a classifier.
///
/// Points go through 256, 128 and 64 units, sigma through 64, 32 and 16, both together through one
/// more layer; activations are ReLU. Both forms have 44,818 parameters in two dimensions with two
/// outputs, 42,050 without the branch of sigma (Chao et al. 2022, "Denoising Likelihood Score
/// Matching", arXiv 2203.14206, the authors' toy code).
public struct ConditionedMLP: Network, ClassifierNetwork {
  /// The shape of one example, `[D]`.
  public let exampleShape: Shape
  /// The number of outputs: D as a score, the number of classes as a classifier.
  public let outputs: Int
  private let trunk: [Dense]
  private let branch: [Dense]
  private let head: Dense

  /// Describes the network.
  ///
  /// - Parameters:
  ///   - dimension: The number of coordinates of a point.
  ///   - outputs: The number of outputs; that of the coordinates unless told otherwise.
  ///   - width: The unit of all widths.
  ///   - isConditioned: Whether sigma is told; otherwise it must be the same for all examples.
  public init(
    dimension: Int = 2, outputs: Int? = nil, width: Int = 16, isConditioned: Bool = true
  ) {
    exampleShape = [dimension]
    self.outputs = outputs ?? dimension
    func chain(_ name: String, _ widths: [Int], firstIndex: Int) -> [Dense] {
      widths.indices.dropLast().map {
        Dense(uniform: "\(name).\(firstIndex + 2 * $0)", from: widths[$0], to: widths[$0 + 1])
      }
    }
    trunk = chain("layers", [dimension, 16 * width, 8 * width, 4 * width], firstIndex: 1)
    branch =
      isConditioned ? chain("cond_layers", [1, 4 * width, 2 * width, width], firstIndex: 0) : []
    head = Dense(
      uniform: "linear", from: 4 * width + (isConditioned ? width : 0), to: self.outputs)
  }

  /// The number of classes of a classifier.
  public var classes: Int { outputs }

  /// All parameters in the order of the reference implementation.
  public var parameters: [Parameter] { (trunk + branch + [head]).flatMap(\.parameters) }

  /// Builds the score, as ``Network`` describes.
  public func output(
    _ x: Value, noise: Value, parameters: ParameterValues, dropout: DropoutKeys?,
    recorder: ActivationRecorder?
  ) -> Value {
    precondition(outputs == exampleShape[0], "\(outputs) outputs for points of \(exampleShape)")
    return function(x, noise: noise, parameters)
  }

  /// Builds the logits, as ``ClassifierNetwork`` describes; there is no batch normalization.
  public func logits(
    _ x: Value, noise: Value, parameters: ParameterValues, statistics: BatchStatistics?
  ) -> Value {
    function(x, noise: noise, parameters)
  }

  private func function(_ x: Value, noise: Value, _ values: ParameterValues) -> Value {
    checkShapes(x, noise: noise)
    let points = chain(x, trunk, values)
    guard !branch.isEmpty else { return head(points, values) }
    let levels = chain(noise.perExample(like: x), branch, values)
    return head(concatenate([points, levels], axis: 1), values)
  }

  private func chain(_ x: Value, _ layers: [Dense], _ values: ParameterValues) -> Value {
    layers.dropFirst().reduce(layers[0](x, values)) { hidden, layer in
      layer(Activation.relu(hidden), values)
    }
  }
}
