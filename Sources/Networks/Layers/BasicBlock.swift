import Autodiff

/// The residual block of two 3 x 3 convolutions with batch normalization (He et al., 2016, arXiv
/// 1512.03385).
struct BasicBlock: Sendable {
  private let convolutions: [Convolution2D]
  private let normalizations: [BatchNormalization]
  private let shortcut: (convolution: Convolution2D, normalization: BatchNormalization)?

  /// Describes a block; a stride of 2 halves the extent of its images.
  init(_ name: String, from inputs: Int, to outputs: Int, stride: Int) {
    convolutions = [
      Convolution2D(
        uniform: name + ".conv1", from: inputs, to: outputs, kernel: 3, padding: 1,
        stride: stride),
      Convolution2D(
        uniform: name + ".conv2", from: outputs, to: outputs, kernel: 3, padding: 1),
    ]
    normalizations = (1...2).map { BatchNormalization("\(name).bn\($0)", channels: outputs) }
    shortcut =
      inputs == outputs && stride == 1
      ? nil
      : (
        Convolution2D(
          uniform: name + ".shortcut.0", from: inputs, to: outputs, kernel: 1, padding: 0,
          stride: stride),
        BatchNormalization(name + ".shortcut.1", channels: outputs)
      )
  }

  // Normalization removes any bias of the convolution before it, so these have none.
  var parameters: [Parameter] {
    [convolutions[0].weight] + normalizations[0].parameters + [convolutions[1].weight]
      + normalizations[1].parameters
      + (shortcut.map { [$0.convolution.weight] + $0.normalization.parameters } ?? [])
  }

  /// Maps `[N, inputs, H, W]` to `[N, outputs, H / stride, W / stride]`.
  func callAsFunction(
    _ x: Value, _ values: ParameterValues, statistics: BatchStatistics?
  ) -> Value {
    let first = Activation.relu(
      normalizations[0](convolutions[0].product(x, values), values, statistics: statistics))
    let second = normalizations[1](
      convolutions[1].product(first, values), values, statistics: statistics)
    return Activation.relu(second + skipped(x, values, statistics))
  }

  private func skipped(
    _ x: Value, _ values: ParameterValues, _ statistics: BatchStatistics?
  ) -> Value {
    guard let shortcut else { return x }
    return shortcut.normalization(
      shortcut.convolution.product(x, values), values, statistics: statistics)
  }
}
