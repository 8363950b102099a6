/// The score of a batch at one time: reads the flat states [B, D], writes the scores [B, D].
public typealias BatchScore = (
  _ states: [Float], _ time: Double, _ scores: inout [Float]
) throws -> Void

/// The score of a batch and the divergence of the score of each example: reads the flat states
/// [B, D], writes the scores [B, D] and the divergences [B].
///
/// The divergence is the trace of the score's Jacobian, exact or estimated.
public typealias BatchDivergence = (
  _ states: [Float], _ time: Double, _ scores: inout [Float], _ divergences: inout [Double]
) throws -> Void

/// The score of a batch and its Jacobian's product with a tangent: reads the flat states and the
/// tangents [B, D], writes the scores and the products [B, D].
public typealias BatchProduct = (
  _ states: [Float], _ time: Double, _ tangents: [Float], _ scores: inout [Float],
  _ products: inout [Float]
) throws -> Void

/// Hutchinson's estimate of the divergence with fixed probes: `v . (J v)` for each example.
///
/// Either product with the Jacobian serves, `J v` or its transpose. With independent entries of
/// mean 0 and variance 1 the estimate is unbiased (Hutchinson 1990).
///
/// - Parameters:
///   - probes: the vectors v, flat [B, D]; they stay the same along a path.
///   - dimensions: D.
///   - product: the score and its Jacobian's product with the probes.
/// - Returns: the score with the estimated divergence.
public func hutchinsonDivergence(
  probes: [Float], dimensions: Int, product: @escaping BatchProduct
) -> BatchDivergence {
  var products = [Float](repeating: 0, count: probes.count)
  return { states, time, scores, divergences in
    try product(states, time, probes, &scores, &products)
    for example in divergences.indices {
      let row = example * dimensions..<(example + 1) * dimensions
      divergences[example] = row.reduce(0) { $0 + Double(probes[$1]) * Double(products[$1]) }
    }
  }
}
