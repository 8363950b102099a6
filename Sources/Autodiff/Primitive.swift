/// One operation of the closed set from which every program is built.
///
/// The set is closed under differentiation: the derivative rules of a primitive are programs of
/// primitives again, so derivatives of any order exist.
public enum Primitive: Hashable, Sendable {
  /// A tensor bound when the program runs.
  case input(name: String)
  /// Every element has the same value, given by its bit pattern so that NaN hashes.
  case constant(bitPattern: UInt32)
  /// A fixed tensor in row-major order.
  case literal([Float])
  /// An element-wise function of one tensor.
  case unary(UnaryFunction)
  /// An element-wise function of two tensors of equal shape.
  case binary(BinaryFunction)
  /// `operand 0 != 0 ? operand 1 : operand 2`, element by element.
  case select
  /// Repetition along axes of extent 1.
  case broadcast
  /// The sum over some axes, which stay with extent 1.
  case reduceSum(axes: [Int])
  /// The maximum over some axes, which stay with extent 1; it has no derivative.
  case reduceMax(axes: [Int])
  /// The same elements in row-major order under another shape.
  case reshape
  /// Axis `i` of the result is axis `permutation[i]` of the operand.
  case transpose(permutation: [Int])
  /// A box of the operand that begins at `start`.
  case slice(start: [Int])
  /// The operand inside a box of zeros, beginning at `start`.
  case pad(start: [Int])
  /// The operands one after the other along an axis.
  case concatenate(axis: Int)
  /// Row `indices[i]` of a `[rows, width]` table; operands: table, indices as numbers.
  case gather
  /// Adds update `i` to row `indices[i]` of zeros; operands: updates, indices.
  case scatterAdd
  /// A matrix product of rank 2, or of rank 3 with a leading batch axis.
  case matrixProduct(transposeFirst: Bool, transposeSecond: Bool)
  /// Two-dimensional cross-correlation; operands: images `[N, C, H, W]`, weights `[O, C, h, w]`.
  case convolution(ConvolutionWindow)
  /// The transpose of `convolution` in the images; operands: `[N, O, H', W']`, weights.
  case convolutionDataGradient(ConvolutionWindow)
  /// The transpose of `convolution` in the weights; operands: images, `[N, O, H', W']`.
  case convolutionWeightGradient(ConvolutionWindow)
  /// Zero insertion, padding, a separable filter and decimation of each image plane.
  case resample(ResamplingFilter)
  /// Zero with probability `rate`, otherwise `1 / (1 - rate)`; operand: keys `[N, 2]`.
  ///
  /// A key is two 32-bit words stored as bit patterns; the mask of example `i` is a pure function
  /// of its key and of `site`.
  case dropoutMask(site: UInt32, rate: Float)
  /// The identity, with a zero derivative.
  case stopGradient
}

/// An element-wise function of one number.
public enum UnaryFunction: String, Hashable, Sendable, CaseIterable {
  case negate
  case exp
  case log
  case sin
  case cos
  case tanh
  case sigmoid
  case sqrt
  case reciprocalSqrt
  case reciprocal
  case absolute
  case sign
}

/// An element-wise function of two numbers; comparisons give 1 or 0.
public enum BinaryFunction: String, Hashable, Sendable, CaseIterable {
  case add
  case subtract
  case multiply
  case divide
  case maximum
  case minimum
  case less
  case lessOrEqual
  case equal

  /// Whether the operands may be exchanged.
  public var isCommutative: Bool {
    switch self {
    case .add, .multiply, .maximum, .minimum, .equal: true
    case .subtract, .divide, .less, .lessOrEqual: false
    }
  }
}

/// How a convolution's window moves over an image, the same in both directions.
public struct ConvolutionWindow: Hashable, Sendable {
  /// The distance between neighbouring windows.
  public let stride: Int
  /// Rows and columns of zeros before the image.
  public let padLow: Int
  /// Rows and columns of zeros after the image.
  public let padHigh: Int

  /// Creates a window.
  public init(stride: Int = 1, padLow: Int = 0, padHigh: Int = 0) {
    self.stride = stride
    self.padLow = padLow
    self.padHigh = padHigh
  }

  /// A window of stride 1 that keeps the image's extent, for odd kernel extents.
  public static func same(kernel: Int) -> ConvolutionWindow {
    ConvolutionWindow(padLow: kernel / 2, padHigh: kernel / 2)
  }

  func outputShape(images: Shape, weights: Shape) -> Shape {
    [
      images[0], weights[0], outputExtent(images[2], kernel: weights[2]),
      outputExtent(images[3], kernel: weights[3]),
    ]
  }

  private func outputExtent(_ extent: Int, kernel: Int) -> Int {
    let room = extent + padLow + padHigh - kernel
    return room < 0 ? 0 : room / stride + 1
  }
}

/// A separable filter with zero insertion before and decimation after it (upfirdn).
///
/// Per axis: insert `up - 1` zeros after each sample, pad (crop where negative), convolve with
/// `taps`, keep each `down`-th sample. The two-dimensional filter is the outer product.
public struct ResamplingFilter: Hashable, Sendable {
  /// The filter's coefficients along each axis.
  public let taps: [Float]
  /// The factor of zero insertion.
  public let up: Int
  /// The factor of decimation.
  public let down: Int
  /// Zeros before the first sample.
  public let padLow: Int
  /// Zeros after the last sample.
  public let padHigh: Int

  /// Creates a filter.
  public init(taps: [Float], up: Int = 1, down: Int = 1, padLow: Int = 0, padHigh: Int = 0) {
    self.taps = taps
    self.up = up
    self.down = down
    self.padLow = padLow
    self.padHigh = padHigh
  }

  /// The extent of the result for an operand of the given extent.
  public func outputExtent(_ extent: Int) -> Int {
    let room = extent * up + padLow + padHigh - taps.count
    return room < 0 ? 0 : room / down + 1
  }

  /// The linear map's transpose, from `outputExtent` back to at least each of the given extents.
  ///
  /// Axes whose extents leave different remainders under decimation need different padding at
  /// their ends; the filter has the larger one, and what is beyond an extent is to be cut off.
  public func transposed(from extents: [Int]) -> ResamplingFilter {
    let padHigh = extents.map { $0 * up - outputExtent($0) * down + padLow - up + 1 }.max() ?? 0
    return ResamplingFilter(
      taps: taps.reversed(), up: down, down: up, padLow: taps.count - 1 - padLow, padHigh: padHigh)
  }
}
