import Autodiff

/// Group normalization with a learned affine map for each channel (Wu and He, 2018).
///
/// Images meet only element-wise operations with `[N, C, 1, 1]` and sums over their pixels; groups
/// are formed on the small tensors. Images therefore need no other layout and all of it fuses.
struct GroupNormalization: Sendable {
  static let epsilon: Float = 1e-6

  let weight: Parameter
  let bias: Parameter
  let groups: Int

  /// - Precondition: the number of channels is a multiple of `groupCount(channels:)`.
  init(_ name: String, channels: Int) {
    weight = Parameter(name: name + ".weight", shape: [channels], initialization: .ones)
    bias = Parameter(name: name + ".bias", shape: [channels], initialization: .zeros)
    groups = Self.groupCount(channels: channels)
    precondition(channels % groups == 0, "\(channels) channels do not form \(groups) groups")
  }

  /// A group for every 4 channels, but at most 32.
  static func groupCount(channels: Int) -> Int { max(1, min(channels / 4, 32)) }

  var parameters: [Parameter] { [weight, bias] }

  func callAsFunction(_ x: Value, _ values: ParameterValues) -> Value {
    // Both moments come from one pass over the image, and so do their derivatives. They are taken
    // about a point near the mean: about zero, their difference would lose its digits where the
    // mean is large. Neither result nor derivatives depend on that point, so it counts as constant.
    let shifted = x - perChannel(roughMean(x), of: x)
    let mean = groupMean(shifted)
    let variance = groupMean(square(shifted)) - square(mean)
    let scale =
      perChannel(reciprocalSqrt(variance + Self.epsilon), of: x) * values[weight].perChannel
    return shifted * scale + (values[bias].perChannel - perChannel(mean, of: x) * scale)
  }

  // The mean over the middle row of pixels, [N, G, 1].
  private func roughMean(_ x: Value) -> Value {
    let (batch, channels, width) = (x.shape[0], x.shape[1], x.shape[3])
    let row = x.sliced(start: [0, 0, x.shape[2] / 2, 0], size: [batch, channels, 1, width])
    return groupMean(row).stoppingGradient
  }

  // The mean over the pixels and channels of each group, [N, G, 1].
  private func groupMean(_ x: Value) -> Value {
    let (batch, channels) = (x.shape[0], x.shape[1])
    let count = channels / groups * x.shape[2] * x.shape[3]
    return x.sum([2, 3]).reshaped(to: [batch, groups, channels / groups]).sum([2])
      * (1 / Float(count))
  }

  // Group statistics [N, G, 1] repeated for their channels, [N, C, 1, 1].
  private func perChannel(_ statistics: Value, of x: Value) -> Value {
    let (batch, channels) = (x.shape[0], x.shape[1])
    return statistics.broadcast(to: [batch, groups, channels / groups])
      .reshaped(to: [batch, channels, 1, 1])
  }
}
