public import Autodiff

/// The products of a score's Jacobian J and of its transpose with one probe v for each example.
///
/// For probes with `E[v v^T] = I` the numbers below have the means given (Hutchinson 1990).
public struct JacobianProducts {
  /// `J^T v`, of the score's shape.
  public let transposed: Value
  /// `J v`, of the score's shape.
  public let direct: Value

  /// Builds both products, one reverse and one forward pass over the score's program.
  ///
  /// - Parameters:
  ///   - score: The score, `[B]` followed by the example's shape.
  ///   - data: What it is a function of; each example's score depends on that example only.
  ///   - probe: v, of the score's shape.
  public init(of score: Value, at data: Value, probe: Value) {
    transposed = vjp(of: score, at: data, cotangent: probe)
    direct = jvp(of: score, at: data, tangent: probe)
  }

  /// `|J^T v|^2` of each example, `[B]`; its mean over probes is `tr(J J^T)`.
  public var traceJJt: Value { square(transposed).summedPerExample() }

  /// `(J^T v) . (J v)` of each example, `[B]`; its mean over probes is `tr(J J)`.
  public var traceJJ: Value { (transposed * direct).summedPerExample() }

  /// `1/2 |J v - J^T v|^2` of each example, `[B]`; its mean over probes is `1/2 |J - J^T|_F^2`.
  public var skew: Value { 0.5 * square(direct - transposed).summedPerExample() }
}

/// The whole Jacobian of each example's score, from one reverse pass for each of its D rows.
///
/// - Parameters:
///   - score: The score, `[B]` followed by the example's shape, of D elements.
///   - data: What it is a function of; each example's score depends on that example only.
/// - Returns: `[B, D, D]`, with `d score_i / d data_j` at `[b, i, j]`.
public func jacobian(of score: Value, at data: Value) -> Value {
  let example = Shape(Array(score.shape.dimensions.dropFirst()))
  let (batch, count) = (score.shape[0], example.count)
  let rows = (0..<count).map { row -> Value in
    var elements = [Float](repeating: 0, count: count)
    elements[row] = 1
    let unit = score.graph.literal(elements, Shape([1] + example.dimensions))
    return vjp(of: score, at: data, cotangent: unit.broadcast(to: score.shape))
      .reshaped(to: [batch, 1, count])
  }
  return concatenate(rows, axis: 1)
}
