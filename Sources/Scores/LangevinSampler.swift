import Randomness

/// Langevin dynamics at one noise level: `x' = x + e^2 / 2 s(x) + e n z`.
///
/// With the noise's factor n = 1 and small steps the samples follow the density of the level. The
/// rule is that of the toys of Chao et al. 2022, arXiv 2203.14206, section 4.1, where e = 3.5 at
/// sigma = 7.5. The step is fixed, so no sample depends on others. Noise is keyed by (seed, step,
/// global index of the sample).
public struct LangevinSampler: Sendable, Hashable {
  /// The time of the noise level.
  public let time: Double
  /// The step size e.
  public let stepSize: Double
  /// The number of steps.
  public let steps: Int
  /// The factor n of the noise.
  public let noiseFactor: Double

  /// Makes a sampler.
  ///
  /// - Parameters:
  ///   - time: The time of the noise level.
  ///   - stepSize: The step size e, positive.
  ///   - steps: The number of steps, at least 1.
  ///   - noiseFactor: The factor n of the noise, 0 or more.
  /// - Throws: `ScoresError.invalidSetting`.
  public init(
    time: Double, stepSize: Double, steps: Int = 1000, noiseFactor: Double = 1
  ) throws(ScoresError) {
    try require(
      stepSize > 0 && stepSize.isFinite, "Langevin step size", found: stepSize,
      expected: "a positive number")
    try require(steps >= 1, "number of Langevin steps", found: steps, expected: "at least 1")
    try require(
      noiseFactor >= 0 && noiseFactor.isFinite, "factor of the Langevin noise",
      found: noiseFactor, expected: "0 or more")
    (self.time, self.stepSize, self.steps) = (time, stepSize, steps)
    self.noiseFactor = noiseFactor
  }

  /// Generates samples, from standard normal starting points.
  ///
  /// - Parameters:
  ///   - examples: Global indices of the samples of this process.
  ///   - dimensions: D, the number of entries of a sample.
  ///   - seed: Seed of the sample set.
  ///   - score: The score of a batch.
  /// - Returns: The samples in the order of `examples`, flat [B, D].
  /// - Throws: What the score throws.
  public func sample(
    _ examples: Range<Int>, dimensions: Int, seed: UInt64, score: BatchScore
  ) throws -> [Float] {
    let source = SamplerNoise(seed: seed, examples: examples, dimensions: dimensions)
    let update = LinearUpdate(
      state: 1, score: 0.5 * stepSize * stepSize, noise: stepSize * noiseFactor)
    var states = source.priorSample(std: 1)
    var (means, noise, scores) = (states, states, states)
    for step in 0..<steps {
      source.fill(&noise, purpose: .corrector, step: step)
      try score(states, time, &scores)
      update.apply(
        to: states.indices, of: &states, means: &means, scores: scores, noise: noise)
    }
    return states
  }
}
