/// Which of the three bilinear maps of a convolution is computed.
///
/// With images x `[N, C, H, W]`, weights w `[O, C, h, w]` and results y `[N, O, H', W']` the maps
/// are transposes of each other, so the set is closed under differentiation.
enum ConvolutionDirection: String, Hashable, Sendable, CaseIterable {
  /// From x and w to y.
  case forward
  /// From y and w to x.
  case dataGradient
  /// From x and y to w.
  case weightGradient
}

/// The extents of a two-dimensional convolution (cross-correlation) with equal strides and pads
/// along both axes.
struct ConvolutionGeometry: Hashable, Sendable {
  var batch: Int
  var inChannels: Int
  var outChannels: Int
  var inHeight: Int
  var inWidth: Int
  var kernelHeight: Int
  var kernelWidth: Int
  var stride = 1
  var padLow = 0
  var padHigh = 0

  var outHeight: Int { (inHeight + padLow + padHigh - kernelHeight) / stride + 1 }
  var outWidth: Int { (inWidth + padLow + padHigh - kernelWidth) / stride + 1 }

  /// Floats of the images x.
  var inCount: Int { batch * inChannels * inHeight * inWidth }
  /// Floats of the results y.
  var outCount: Int { batch * outChannels * outHeight * outWidth }
  /// Floats of the weights w.
  var weightCount: Int { outChannels * inChannels * kernelHeight * kernelWidth }

  /// Multiplications and additions, each counted as one operation, in any direction.
  var floatingPointOperations: Int {
    2 * outCount * inChannels * kernelHeight * kernelWidth
  }

  /// Whether a window is a single pixel, so that the image matrix needs no copy.
  var isPointwise: Bool {
    kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padLow == 0 && padHigh == 0
  }
}

/// The layouts of a convolution's two activations, whichever of them is operand or result.
struct ConvolutionLayouts: Hashable, Sendable {
  /// Of the images x `[N, C, H, W]`.
  var images = ActivationLayout.plain
  /// Of the results y `[N, O, H', W']`.
  var results = ActivationLayout.plain
}
