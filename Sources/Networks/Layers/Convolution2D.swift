import Autodiff

/// A two-dimensional convolution with weights in OIHW order.
struct Convolution2D: Sendable {
  let weight: Parameter
  let bias: Parameter
  let window: ConvolutionWindow

  /// A layer that starts as in diffusion models; a `scale` of 0 makes it almost silent.
  init(
    _ name: String, from inputs: Int, to outputs: Int, kernel: Int, scale: Float = 1,
    window: ConvolutionWindow? = nil
  ) {
    let area = kernel * kernel
    weight = Parameter(
      name: name + ".weight", shape: [outputs, inputs, kernel, kernel],
      initialization: .uniformVarianceScaling(
        scale: scale, fanIn: inputs * area, fanOut: outputs * area))
    bias = Parameter(name: name + ".bias", shape: [outputs], initialization: .zeros)
    self.window = window ?? .same(kernel: kernel)
  }

  /// A layer that starts as PyTorch's convolutions do.
  init(
    uniform name: String, from inputs: Int, to outputs: Int, kernel: Int, padding: Int,
    stride: Int = 1
  ) {
    let start = Initialization.uniform(fanIn: inputs * kernel * kernel)
    weight = Parameter(
      name: name + ".weight", shape: [outputs, inputs, kernel, kernel], initialization: start)
    bias = Parameter(name: name + ".bias", shape: [outputs], initialization: start)
    window = ConvolutionWindow(stride: stride, padLow: padding, padHigh: padding)
  }

  var parameters: [Parameter] { [weight, bias] }

  func callAsFunction(_ x: Value, _ values: ParameterValues) -> Value {
    product(x, values) + values[bias].perChannel
  }

  /// The convolution without its bias, for callers that add the bias to other small terms first.
  func product(_ x: Value, _ values: ParameterValues) -> Value {
    convolution(x, values[weight], window)
  }
}

extension Value {
  /// A value for each channel, `[C]`, as `[1, C, 1, 1]`, to broadcast against `[N, C, H, W]`.
  var perChannel: Value { reshaped(to: [1, shape[0], 1, 1]) }
}
