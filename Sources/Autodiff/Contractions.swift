/// The matrix product of two matrices, or of two batches of matrices.
///
/// - Parameters:
///   - x: `[m, k]` or `[batch, m, k]`, with the last two axes exchanged if `transposeFirst`.
///   - y: `[k, n]` or `[batch, k, n]`, with the last two axes exchanged if `transposeSecond`.
///   - transposeFirst: Whether `x` is given transposed.
///   - transposeSecond: Whether `y` is given transposed.
/// - Returns: `[m, n]` or `[batch, m, n]`.
public func matrixProduct(
  _ x: Value, _ y: Value, transposeFirst: Bool = false, transposeSecond: Bool = false
) -> Value {
  let rank = x.shape.rank
  precondition(
    rank == y.shape.rank && (rank == 2 || rank == 3 && x.shape[0] == y.shape[0]),
    "no matrix product of \(x.shape) and \(y.shape)")
  let first = Array(x.shape.dimensions.suffix(2))
  let second = Array(y.shape.dimensions.suffix(2))
  let (m, inner) = transposeFirst ? (first[1], first[0]) : (first[0], first[1])
  let (other, n) = transposeSecond ? (second[1], second[0]) : (second[0], second[1])
  precondition(inner == other, "no matrix product of \(x.shape) and \(y.shape)")
  let target = Shape(Array(x.shape.dimensions.dropLast(2)) + [m, n])
  if x.isZero || y.isZero { return x.graph.constant(0, target) }
  return x.graph.intern(
    .matrixProduct(transposeFirst: transposeFirst, transposeSecond: transposeSecond),
    [x.number, y.number], target)
}

/// Slides `weights` over `images` (cross-correlation, as neural networks use the word).
///
/// - Parameters:
///   - images: `[N, C, H, W]`.
///   - weights: `[O, C, h, w]`.
///   - window: Stride and padding.
/// - Returns: `[N, O, H', W']`.
public func convolution(_ images: Value, _ weights: Value, _ window: ConvolutionWindow) -> Value {
  let (x, w) = (images.shape, weights.shape)
  precondition(x.rank == 4 && w.rank == 4 && x[1] == w[1], "no convolution of \(x) with \(w)")
  let target = window.outputShape(images: x, weights: w)
  if images.isZero || weights.isZero { return images.graph.constant(0, target) }
  return images.graph.intern(.convolution(window), [images.number, weights.number], target)
}

/// The transpose of `convolution` in its images: from `[N, O, H', W']` back to `imageShape`.
public func convolutionDataGradient(
  _ cotangent: Value, _ weights: Value, _ window: ConvolutionWindow, imageShape: Shape
) -> Value {
  let expected = window.outputShape(images: imageShape, weights: weights.shape)
  precondition(cotangent.shape == expected, "cotangent \(cotangent.shape), expected \(expected)")
  if cotangent.isZero || weights.isZero { return cotangent.graph.constant(0, imageShape) }
  return cotangent.graph.intern(
    .convolutionDataGradient(window), [cotangent.number, weights.number], imageShape)
}

/// The transpose of `convolution` in its weights: from images and `[N, O, H', W']` to `weightShape`.
public func convolutionWeightGradient(
  _ images: Value, _ cotangent: Value, _ window: ConvolutionWindow, weightShape: Shape
) -> Value {
  let expected = window.outputShape(images: images.shape, weights: weightShape)
  precondition(cotangent.shape == expected, "cotangent \(cotangent.shape), expected \(expected)")
  if images.isZero || cotangent.isZero { return images.graph.constant(0, weightShape) }
  return images.graph.intern(
    .convolutionWeightGradient(window), [images.number, cotangent.number], weightShape)
}

/// Resamples every plane of `[N, C, H, W]` with a separable filter.
public func resample(_ images: Value, _ filter: ResamplingFilter) -> Value {
  let x = images.shape
  precondition(x.rank == 4, "resampling needs [N, C, H, W], not \(x)")
  let target: Shape = [x[0], x[1], filter.outputExtent(x[2]), filter.outputExtent(x[3])]
  if images.isZero { return images.graph.constant(0, target) }
  return images.graph.intern(.resample(filter), [images.number], target)
}

/// Rows of a `[rows, width]` table, chosen by whole numbers `[count]`; the result is `[count, width]`.
public func gather(_ table: Value, rows indices: Value) -> Value {
  precondition(
    table.shape.rank == 2 && indices.shape.rank == 1,
    "gather needs [rows, width] and [count], not \(table.shape) and \(indices.shape)")
  if table.isZero { return table.graph.constant(0, [indices.shape[0], table.shape[1]]) }
  return table.graph.intern(
    .gather, [table.number, indices.number], [indices.shape[0], table.shape[1]])
}

/// The transpose of `gather`: adds each row of `[count, width]` into `[rows, width]`.
public func scatterAdd(_ updates: Value, rows indices: Value, count rows: Int) -> Value {
  precondition(
    updates.shape.rank == 2 && indices.shape == [updates.shape[0]],
    "scatterAdd needs [count, width] and [count], not \(updates.shape) and \(indices.shape)")
  let target: Shape = [rows, updates.shape[1]]
  if updates.isZero { return updates.graph.constant(0, target) }
  return updates.graph.intern(.scatterAdd, [updates.number, indices.number], target)
}

/// A dropout mask: 0 with probability `rate`, otherwise `1 / (1 - rate)`.
///
/// - Parameters:
///   - keys: `[N, 2]`, a 64-bit key for each example, as the bit patterns of two floats.
///   - site: The number of the layer, so that layers differ.
///   - rate: The probability of zero.
///   - shape: The mask's shape; its first extent is `N`.
/// - Returns: The mask, of the given shape.
public func dropoutMask(keys: Value, site: UInt32, rate: Float, shape: Shape) -> Value {
  precondition(
    keys.shape == [shape[0], 2], "dropout keys are \(keys.shape), expected [\(shape[0]), 2]")
  return keys.graph.intern(.dropoutMask(site: site, rate: rate), [keys.number], shape)
}
