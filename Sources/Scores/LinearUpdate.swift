/// An update that is linear in state, score and noise: `mean = a x + b s`, `x' = mean + c z`.
///
/// Every predictor and corrector of score-based sampling has this form; they differ in the three
/// coefficients only.
public struct LinearUpdate: Sendable, Hashable {
  /// The coefficient of the state.
  public var state: Double
  /// The coefficient of the score.
  public var score: Double
  /// The coefficient of the noise.
  public var noise: Double

  /// Makes an update from its three coefficients.
  ///
  /// - Parameters:
  ///   - state: coefficient of the state.
  ///   - score: coefficient of the score.
  ///   - noise: coefficient of the noise.
  public init(state: Double, score: Double, noise: Double) {
    self.state = state
    self.score = score
    self.noise = noise
  }

  /// The update that leaves the state as it is.
  public static let identity = LinearUpdate(state: 1, score: 0, noise: 0)

  /// Updates a range of a batch in place, rounding once from Double.
  ///
  /// - Parameters:
  ///   - range: the entries to update, for instance one example of a flat batch.
  ///   - states: the state, replaced by the noisy update.
  ///   - means: receives the update without noise.
  ///   - scores: the score of the state.
  ///   - noise: standard normal noise.
  public func apply(
    to range: Range<Int>, of states: inout [Float], means: inout [Float], scores: [Float],
    noise: [Float]
  ) {
    for index in range {
      let mean = state * Double(states[index]) + score * Double(scores[index])
      means[index] = Float(mean)
      states[index] = Float(mean + self.noise * Double(noise[index]))
    }
  }
}
