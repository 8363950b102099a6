import Autodiff

/// One step of a residual pyramid of the input: a 3x3 convolution of stride 2, behind the low-pass
/// filter if the network has one.
struct PyramidDownsampling: Sendable {
  let name: String
  private let filter: ResamplingFilter?
  private let layer: Convolution2D

  init(_ name: String, from inputs: Int, to outputs: Int, resampling: Resampling) {
    self.name = name
    switch resampling {
    case .box:
      filter = nil
      layer = Convolution2D(
        name + ".Conv_0", from: inputs, to: outputs, kernel: 3,
        window: ConvolutionWindow(stride: 2, padHigh: 1))
    case .filter(let taps):
      filter = Resampling.ahead(ofKernel: 3, taps: taps)
      layer = Convolution2D(
        name + ".Conv2d_0", from: inputs, to: outputs, kernel: 3,
        window: ConvolutionWindow(stride: 2))
    }
  }

  var parameters: [Parameter] { layer.parameters }

  func callAsFunction(_ x: Value, _ values: ParameterValues) -> Value {
    layer(filter.map { resample(x, $0) } ?? x, values)
  }
}
