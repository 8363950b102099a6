/// Euclidean norms of score and noise, averaged over the examples of a group.
public struct MeanNorms: Sendable, Hashable {
  /// Mean over the group of the norm of an example's score.
  public var score: Double
  /// Mean over the group of the norm of an example's noise.
  public var noise: Double

  /// Makes the pair from known means.
  public init(score: Double, noise: Double) {
    self.score = score
    self.noise = noise
  }

  /// Measures a flat batch [B, D] and averages over the group.
  ///
  /// All processes that hold examples of the group must call it.
  ///
  /// - Parameters:
  ///   - scores: scores of the examples of this process.
  ///   - noise: noise of the same examples.
  ///   - dimensions: D.
  ///   - coupling: sums over the processes that share the group.
  /// - Throws: what the coupling throws.
  public init(
    scores: [Float], noise: [Float], dimensions: Int, coupling: BatchCoupling = .local
  ) throws {
    let totals = try coupling.sum([
      sumOfNorms(scores, dimensions), sumOfNorms(noise, dimensions),
      Double(scores.count / dimensions),
    ])
    self.init(score: totals[0] / totals[2], noise: totals[1] / totals[2])
  }
}

private func sumOfNorms(_ values: [Float], _ dimensions: Int) -> Double {
  stride(from: 0, to: values.count, by: dimensions).reduce(0) { total, start in
    let squares = values[start..<start + dimensions].reduce(0.0) { $0 + Double($1) * Double($1) }
    return total + squares.squareRoot()
  }
}
