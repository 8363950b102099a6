import Autodiff

/// An affine map of vectors, `x W^T + b` with `W` stored as `[out, in]`.
struct Dense: Sendable {
  let weight: Parameter
  let bias: Parameter

  init(
    _ name: String, from inputs: Int, to outputs: Int, weight: Initialization,
    bias: Initialization
  ) {
    self.weight = Parameter(
      name: name + ".weight", shape: [outputs, inputs], initialization: weight)
    self.bias = Parameter(name: name + ".bias", shape: [outputs], initialization: bias)
  }

  /// A layer that starts as in diffusion models: variance scaling and no bias.
  init(varianceScaled name: String, from inputs: Int, to outputs: Int) {
    self.init(
      name, from: inputs, to: outputs,
      weight: .uniformVarianceScaling(scale: 1, fanIn: inputs, fanOut: outputs), bias: .zeros)
  }

  /// A layer that starts as PyTorch's linear layers do.
  init(uniform name: String, from inputs: Int, to outputs: Int) {
    self.init(
      name, from: inputs, to: outputs, weight: .uniform(fanIn: inputs),
      bias: .uniform(fanIn: inputs))
  }

  var parameters: [Parameter] { [weight, bias] }

  /// Maps `[B, in]` to `[B, out]`.
  func callAsFunction(_ x: Value, _ values: ParameterValues) -> Value {
    product(x, values) + values[bias]
  }

  /// `x W^T` alone, for callers that add the bias to others first.
  func product(_ x: Value, _ values: ParameterValues) -> Value {
    matrixProduct(x, values[weight], transposeSecond: true)
  }
}
