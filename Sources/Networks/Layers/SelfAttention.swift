import Autodiff

/// Single-head attention between all positions of an image, with a skip connection.
struct SelfAttention: Sendable {
  let name: String
  private let normalization: GroupNormalization
  private let projections: [Projection]
  private let channels: Int
  private let rescalesSkip: Bool

  init(_ name: String, channels: Int, initialScale: Float, rescalesSkip: Bool) {
    self.name = name
    self.channels = channels
    self.rescalesSkip = rescalesSkip
    normalization = GroupNormalization(name + ".GroupNorm_0", channels: channels)
    projections = [0.1, 0.1, 0.1, initialScale].enumerated().map { index, scale in
      Projection(name + ".NIN_\(index)", channels: channels, scale: scale)
    }
  }

  var parameters: [Parameter] { normalization.parameters + projections.flatMap(\.parameters) }

  func callAsFunction(_ x: Value, _ values: ParameterValues) -> Value {
    let attended = attention(normalization(x, values), values)
    let output = projections[3]
    let sum =
      x + convolution(attended, kernel(values[output.weight]), ConvolutionWindow())
      + values[output.bias].perChannel
    return rescalesSkip ? sum * Float(0.5).squareRoot() : sum
  }

  private func attention(_ x: Value, _ values: ParameterValues) -> Value {
    let (batch, pixels) = (x.shape[0], x.shape[2] * x.shape[3])
    // One convolution for queries, keys and values. The factor of the softmax's argument,
    // 1/sqrt(C), is put on the query's weights, the smallest tensors on its way.
    let factors: [Float] = [1 / Float(channels).squareRoot(), 1, 1]
    let weights = zip(projections, factors).map { values[$0.weight] * $1 }
    let biases = zip(projections, factors).map { values[$0.bias] * $1 }
    let joined =
      convolution(x, kernel(concatenate(weights, axis: 1)), ConvolutionWindow())
      + concatenate(biases, axis: 0).perChannel
    let parts = (0..<3).map { index in
      joined.sliced(
        start: [0, index * channels, 0, 0], size: [batch, channels, x.shape[2], x.shape[3]]
      )
      .reshaped(to: [batch, channels, pixels])
    }
    let weighting = softmax(
      matrixProduct(parts[0], parts[1], transposeFirst: true), axis: 2)
    return matrixProduct(parts[2], weighting, transposeSecond: true).reshaped(to: x.shape)
  }

  // A matrix [in, out] as the weights of a 1x1 convolution.
  private func kernel(_ matrix: Value) -> Value {
    matrix.transposed([1, 0]).reshaped(to: [matrix.shape[1], matrix.shape[0], 1, 1])
  }
}

/// The matrix `[in, out]` and bias of a map of channels that is the same for each pixel.
private struct Projection: Sendable {
  let weight: Parameter
  let bias: Parameter

  init(_ name: String, channels: Int, scale: Float) {
    weight = Parameter(
      name: name + ".W", shape: [channels, channels],
      initialization: .uniformVarianceScaling(scale: scale, fanIn: channels, fanOut: channels))
    bias = Parameter(name: name + ".b", shape: [channels], initialization: .zeros)
  }

  var parameters: [Parameter] { [weight, bias] }
}
