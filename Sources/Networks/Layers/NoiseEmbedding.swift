import Autodiff
import Foundation

/// How a network turns the noise level into features.
public enum NoiseEmbedding: Sendable, Hashable {
  /// `sin` and `cos` of `2 pi W log(sigma)` with fixed frequencies `W ~ scale N(0, 1)`.
  case fourier(scale: Float)

  /// `sin` and `cos` of the label times geometric frequencies from 1 to 1e-4.
  case positional
}

/// The features of the noise level and the two dense layers behind them.
struct EmbeddingNetwork: Sendable {
  let frequencies: Parameter?
  let dense: [Dense]
  let moduleNames: [String]
  private let width: Int

  /// Describes the layers; `nameModule` returns the name of the next module.
  init(_ embedding: NoiseEmbedding, width: Int, nameModule: () -> String) {
    self.width = width
    var names: [String] = []
    switch embedding {
    case .fourier(let scale):
      names.append(nameModule())
      frequencies = Parameter(
        name: names[0] + ".W", shape: [width],
        initialization: .normal(standardDeviation: scale), isTrainable: false)
    case .positional:
      frequencies = nil
    }
    let features = frequencies == nil ? width : 2 * width
    let (first, second) = (nameModule(), nameModule())
    dense = [
      Dense(varianceScaled: first, from: features, to: 4 * width),
      Dense(varianceScaled: second, from: 4 * width, to: 4 * width),
    ]
    moduleNames = names + [first, second]
  }

  var parameters: [Parameter] {
    (frequencies.map { [$0] } ?? []) + dense.flatMap(\.parameters)
  }

  /// Maps `[B]` to `[B, 4 width]`, already through the activation that every block applies first.
  func callAsFunction(
    _ noise: Value, _ values: ParameterValues, recorder: ActivationRecorder?
  ) -> Value {
    var outputs: [Value] = []
    let features: Value
    if let frequencies {
      features = waves(log(noise), values[frequencies] * (2 * Float.pi))
      outputs.append(features)
    } else {
      features = waves(noise, noise.graph.literal(positionalFrequencies, [width / 2]))
    }
    let first = dense[0](features, values)
    let second = dense[1](Activation.swish(first), values)
    for (name, output) in zip(moduleNames, outputs + [first, second]) {
      recorder?.record(output, of: name)
    }
    return Activation.swish(second)
  }

  private var positionalFrequencies: [Float] {
    let count = width / 2
    return (0..<count).map { Float(exp(-log(1e4) * Double($0) / Double(count - 1))) }
  }

  private func waves(_ labels: Value, _ frequencies: Value) -> Value {
    let arguments =
      labels.reshaped(to: [labels.shape[0], 1])
      * frequencies.reshaped(to: [1, frequencies.shape[0]])
    return concatenate([sin(arguments), cos(arguments)], axis: 1)
  }
}
