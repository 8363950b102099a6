import Autodiff

/// The residual block of BigGAN (Brock et al., 2019), conditioned on the noise level.
struct ResidualBlock: Sendable {
  /// What the block does to the extent of its images.
  enum Change: Sendable {
    case none
    case halving
    case doubling
  }

  /// What all blocks of a network have in common.
  struct Options: Sendable {
    let embeddingWidth: Int
    let resampling: Resampling
    let dropout: Float
    let initialScale: Float
    let rescalesSkip: Bool
  }

  let name: String
  let outputChannels: Int
  private let normalizations: [GroupNormalization]
  private let convolutions: [Convolution2D]
  private let dense: Dense
  private let shortcut: Convolution2D?
  private let change: Change
  private let options: Options
  private let site: Int

  /// Describes the block whose dropout layer has the number `site`.
  init(
    _ name: String, from inputs: Int, to outputs: Int, change: Change = .none, site: Int,
    options: Options
  ) {
    self.name = name
    self.outputChannels = outputs
    self.change = change
    self.options = options
    self.site = site
    normalizations = [
      GroupNormalization(name + ".GroupNorm_0", channels: inputs),
      GroupNormalization(name + ".GroupNorm_1", channels: outputs),
    ]
    convolutions = [
      Convolution2D(name + ".Conv_0", from: inputs, to: outputs, kernel: 3),
      Convolution2D(
        name + ".Conv_1", from: outputs, to: outputs, kernel: 3, scale: options.initialScale),
    ]
    dense = Dense(varianceScaled: name + ".Dense_0", from: options.embeddingWidth, to: outputs)
    shortcut =
      inputs == outputs && change == .none
      ? nil : Convolution2D(name + ".Conv_2", from: inputs, to: outputs, kernel: 1)
  }

  var parameters: [Parameter] {
    normalizations[0].parameters + convolutions[0].parameters + dense.parameters
      + normalizations[1].parameters + convolutions[1].parameters + (shortcut?.parameters ?? [])
  }

  /// Maps `[N, C, H, W]`, given the activated embedding `[N, embeddingWidth]`.
  func callAsFunction(
    _ x: Value, embedding: Value, _ values: ParameterValues, dropout: DropoutKeys?
  ) -> Value {
    let activated = resampled(Activation.swish(normalizations[0](x, values)))
    let first = convolutions[0].product(activated, values) + shift(embedding, values)
    var second = Activation.swish(normalizations[1](first, values))
    second = dropout?.dropping(second, rate: options.dropout, site: site) ?? second
    var bias = values[convolutions[1].bias]
    if let shortcut { bias = bias + values[shortcut.bias] }
    let sum = convolutions[1].product(second, values) + skipped(x, values) + bias.perChannel
    return options.rescalesSkip ? sum * Float(0.5).squareRoot() : sum
  }

  // The convolution's bias and the embedding's part, added while they are small: [N, C, 1, 1].
  private func shift(_ embedding: Value, _ values: ParameterValues) -> Value {
    let bias = values[dense.bias] + values[convolutions[0].bias]
    return (dense.product(embedding, values) + bias)
      .reshaped(to: [embedding.shape[0], outputChannels, 1, 1])
  }

  // A 1x1 convolution and a filter of the planes commute; the convolution costs less at the
  // smaller extent.
  private func skipped(_ x: Value, _ values: ParameterValues) -> Value {
    guard let shortcut else { return x }
    return change == .doubling
      ? resampled(shortcut.product(x, values)) : shortcut.product(resampled(x), values)
  }

  private func resampled(_ x: Value) -> Value {
    switch change {
    case .none: x
    case .halving: options.resampling.halving(x)
    case .doubling: options.resampling.doubling(x)
    }
  }
}
