import Autodiff

/// Batch normalization of images with a learned affine map for each channel (Ioffe and Szegedy,
/// 2015, arXiv 1502.03167).
///
/// In training it uses the statistics of the batch, through which each example's result depends on
/// all examples of its group; derivatives of any order include that. In evaluation it uses the
/// running statistics, which are fixed parameters that the training step moves towards those of the
/// batch. Images meet only element-wise operations with `[N, C, 1, 1]` and sums over their pixels.
struct BatchNormalization: Sendable {
  static let epsilon: Float = 1e-5

  let weight: Parameter
  let bias: Parameter
  let runningMean: Parameter
  let runningVariance: Parameter

  init(_ name: String, channels: Int) {
    func parameter(_ part: String, _ start: Initialization, isTrainable: Bool) -> Parameter {
      Parameter(
        name: "\(name).\(part)", shape: [channels], initialization: start,
        isTrainable: isTrainable)
    }
    weight = parameter("weight", .ones, isTrainable: true)
    bias = parameter("bias", .zeros, isTrainable: true)
    runningMean = parameter("running_mean", .zeros, isTrainable: false)
    runningVariance = parameter("running_var", .ones, isTrainable: false)
  }

  var parameters: [Parameter] { [weight, bias, runningMean, runningVariance] }

  /// Maps `[N, C, H, W]`; without statistics as in evaluation.
  func callAsFunction(
    _ x: Value, _ values: ParameterValues, statistics: BatchStatistics?
  ) -> Value {
    guard let statistics else { return evaluated(x, values) }
    let group = statistics.groupSize(of: x.shape[0])
    // Moments about a point near the mean keep their digits. Neither result nor derivatives depend
    // on that point, so it counts as constant.
    let centre = roughMean(x, group: group)
    let shifted = x - perChannel(centre, of: x)
    let mean = groupMean(shifted, group: group)
    let variance = groupMean(square(shifted), group: group) - square(mean)
    record(mean + centre, variance, of: x, group: group, in: statistics)
    let scale =
      perChannel(reciprocalSqrt(variance + Self.epsilon), of: x) * values[weight].perChannel
    return shifted * scale + (values[bias].perChannel - perChannel(mean, of: x) * scale)
  }

  private func evaluated(_ x: Value, _ values: ParameterValues) -> Value {
    let scale = values[weight] * reciprocalSqrt(values[runningVariance] + Self.epsilon)
    let shift = values[bias] - values[runningMean] * scale
    return x * scale.perChannel + shift.perChannel
  }

  // Running variances are unbiased, those that normalize are not, as in PyTorch.
  private func record(
    _ mean: Value, _ variance: Value, of x: Value, group: Int, in statistics: BatchStatistics
  ) {
    let count = Float(group * x.shape[2] * x.shape[3])
    statistics.record(mean.mean([0, 1], droppingAxes: true), of: runningMean)
    statistics.record(
      variance.mean([0, 1], droppingAxes: true) * (count / max(count - 1, 1)),
      of: runningVariance)
  }

  // The mean over the middle row of pixels, [N / group, 1, C].
  private func roughMean(_ x: Value, group: Int) -> Value {
    let (batch, channels, width) = (x.shape[0], x.shape[1], x.shape[3])
    let row = x.sliced(start: [0, 0, x.shape[2] / 2, 0], size: [batch, channels, 1, width])
    return groupMean(row, group: group).stoppingGradient
  }

  // The mean over the pixels and examples of each group, [N / group, 1, C].
  private func groupMean(_ x: Value, group: Int) -> Value {
    let (batch, channels) = (x.shape[0], x.shape[1])
    return x.sum([2, 3]).reshaped(to: [batch / group, group, channels]).sum([1])
      * (1 / Float(group * x.shape[2] * x.shape[3]))
  }

  // Statistics of groups repeated for their examples, [N, C, 1, 1].
  private func perChannel(_ statistics: Value, of x: Value) -> Value {
    let (batch, channels) = (x.shape[0], x.shape[1])
    let group = batch / statistics.shape[0]
    return statistics.broadcast(to: [batch / group, group, channels])
      .reshaped(to: [batch, channels, 1, 1])
  }
}
