import CVectorKernels

/// A convolution as matrix products over the windows of each image (im2col), plain layout.
///
/// With the windows of an image as the columns of a matrix `X [C h w, H' W']` and the weights as
/// `W [O, C h w]`, the three maps are `Y = W X`, `X = W^T Y` (then columns are added back into the
/// image) and `W = sum over the batch of Y X^T`.
struct GEMMConvolution: Sendable {
  let geometry: ConvolutionGeometry
  let direction: ConvolutionDirection

  /// Floats of scratch that `execute` needs: the windows of one image.
  var scratchCount: Int { geometry.isPointwise ? 0 : rows * positions }

  private var rows: Int { geometry.inChannels * geometry.kernelHeight * geometry.kernelWidth }
  private var positions: Int { geometry.outHeight * geometry.outWidth }
  private var inStride: Int { geometry.inChannels * geometry.inHeight * geometry.inWidth }
  private var outStride: Int { geometry.outChannels * positions }

  /// Computes the map; operands in the order of ``ConvolutionDirection``, all plain.
  ///
  /// With `accumulates`, a gradient by the weights is added to what `result` holds.
  func execute(
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>,
    into result: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>,
    accumulates: Bool = false
  ) {
    switch direction {
    case .forward: forward(first, second, into: result, scratch)
    case .dataGradient: dataGradient(first, second, into: result, scratch)
    case .weightGradient: weightGradient(first, second, into: result, scratch, accumulates)
    }
  }

  private func forward(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>
  ) {
    let product = MatrixProduct(m: geometry.outChannels, n: positions, k: rows)
    for image in 0..<geometry.batch {
      let columns = columns(of: x + image * inStride, scratch)
      product.execute(weights, columns, into: y + image * outStride)
    }
  }

  private func dataGradient(
    _ y: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    into x: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>
  ) {
    let product = MatrixProduct(m: rows, n: positions, k: geometry.outChannels, transposesA: true)
    var windows = windows
    for image in 0..<geometry.batch {
      let destination = x + image * inStride
      let columns = geometry.isPointwise ? destination : scratch
      product.execute(weights, y + image * outStride, into: columns)
      if !geometry.isPointwise { hk_col2im(columns, destination, &windows) }
    }
  }

  private func weightGradient(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
    into weights: UnsafeMutablePointer<Float>, _ scratch: UnsafeMutablePointer<Float>,
    _ accumulates: Bool
  ) {
    let product = MatrixProduct(m: geometry.outChannels, n: rows, k: positions, transposesB: true)
    if geometry.batch == 0, !accumulates {
      weights.update(repeating: 0, count: geometry.weightCount)
    }
    for image in 0..<geometry.batch {
      let columns = columns(of: x + image * inStride, scratch)
      product.execute(
        y + image * outStride, columns, into: weights, accumulates: accumulates || image > 0)
    }
  }

  private func columns(
    of image: UnsafePointer<Float>, _ scratch: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    guard !geometry.isPointwise else { return image }
    var windows = windows
    hk_im2col(image, scratch, &windows)
    return UnsafePointer(scratch)
  }

  private var windows: hk_windows {
    hk_windows(
      channels: geometry.inChannels, height: geometry.inHeight, width: geometry.inWidth,
      kernelHeight: geometry.kernelHeight, kernelWidth: geometry.kernelWidth,
      stride: geometry.stride, padLow: geometry.padLow, outHeight: geometry.outHeight,
      outWidth: geometry.outWidth)
  }
}
