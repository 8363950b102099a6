import Autodiff

/// Which of the convolutions a lowered node is, with the layouts of its activations.
struct ConvolutionRequest: Hashable {
  let geometry: ConvolutionGeometry
  let direction: ConvolutionDirection
  let layouts: ConvolutionLayouts
}

extension ConvolutionRequest {
  /// The convolution that a node is; nil if it is none.
  init?(_ node: LoweredNode, _ nodes: [LoweredNode]) {
    guard case .kernel(let primitive) = node.operation else { return nil }
    let operands = node.operands.map { nodes[$0] }
    switch primitive {
    case .convolution(let window):
      self.init(
        geometry: ConvolutionGeometry(
          window, images: operands[0].shape, weights: operands[1].shape),
        direction: .forward,
        layouts: ConvolutionLayouts(images: operands[0].layout, results: node.layout))
    case .convolutionDataGradient(let window):
      self.init(
        geometry: ConvolutionGeometry(window, images: node.shape, weights: operands[1].shape),
        direction: .dataGradient,
        layouts: ConvolutionLayouts(images: node.layout, results: operands[0].layout))
    case .convolutionWeightGradient(let window):
      self.init(
        geometry: ConvolutionGeometry(window, images: operands[0].shape, weights: node.shape),
        direction: .weightGradient,
        layouts: ConvolutionLayouts(images: operands[0].layout, results: operands[1].layout))
    default: return nil
    }
  }
}

extension ConvolutionGeometry {
  /// The geometry of a convolution primitive from the shapes of its images, weights and results.
  init(_ window: ConvolutionWindow, images: Shape, weights: Shape) {
    self.init(
      batch: images[0], inChannels: images[1], outChannels: weights[0], inHeight: images[2],
      inWidth: images[3], kernelHeight: weights[2], kernelWidth: weights[3],
      stride: window.stride, padLow: window.padLow, padHigh: window.padHigh)
  }
}

extension ConvolutionRequest: CustomStringConvertible {
  /// For example `forward 8 x 64x32x32 * 128x3x3 stride 1 pad 1 1 blocked blocked`.
  var description: String {
    let g = geometry
    return "\(direction.rawValue) \(g.batch) x \(g.inChannels)x\(g.inHeight)x\(g.inWidth)"
      + " * \(g.outChannels)x\(g.kernelHeight)x\(g.kernelWidth) stride \(g.stride)"
      + " pad \(g.padLow) \(g.padHigh) \(layouts.images) \(layouts.results)"
  }
}
