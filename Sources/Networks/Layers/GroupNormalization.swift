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
    // The variance is taken of centred values: the difference of two moments loses all digits
    // where the mean is large.
    let centred = x - perChannel(groupMean(x), of: x)
    let variance = groupMean(square(centred))
    let scale = perChannel(reciprocalSqrt(variance + Self.epsilon), of: x)
    return centred * (scale * values[weight].perChannel) + values[bias].perChannel
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
