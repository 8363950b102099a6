import Randomness

/// The predictor-corrector sampler.
///
/// The method is algorithm 1 of Song et al. 2021 (arXiv 2011.13456). At each of N noise levels, from the noisiest down, the corrector moves the state within the
/// level and the predictor moves it to the next. Noise is keyed by (seed, step, global index of the
/// sample): neither the order of evaluation nor the number of ranks changes a sample.
public struct PCSampler: Sendable {
  /// The process that is reversed.
  public let sde: any SDE
  /// The noise levels visited.
  public let grid: TimeGrid
  /// What moves the state from level to level.
  public let predictor: Predictor
  /// What moves the state within a level.
  public let corrector: Corrector
  /// Whether the result is the last mean, free of the last step's noise.
  public let denoises: Bool

  /// Makes a sampler.
  ///
  /// - Parameters:
  ///   - sde: the process that is reversed.
  ///   - steps: number of noise levels N, at least 2.
  ///   - epsilon: the last time; the process's own by default.
  ///   - predictor: what moves the state from level to level.
  ///   - corrector: what moves the state within a level.
  ///   - denoises: whether the result is the last mean.
  /// - Throws: `ScoresError` for settings out of range or a predictor the process does not define.
  public init(
    sde: any SDE, steps: Int = 1000, epsilon: Double? = nil, predictor: Predictor,
    corrector: Corrector, denoises: Bool = true
  ) throws(ScoresError) {
    try sde.validate(steps: steps)
    try corrector.validate()
    grid = try TimeGrid(steps: steps, epsilon: epsilon ?? sde.samplingEpsilon)
    _ = try predictor.update(at: grid[0], of: sde)
    self.sde = sde
    self.predictor = predictor
    self.corrector = corrector
    self.denoises = denoises
  }

  /// Number of network calls for a batch: N times those of predictor and corrector.
  public var calls: Int { grid.count * (predictor.calls + corrector.calls) }

  /// Samples and their cost.
  public struct Samples: Sendable {
    /// The samples, flat [B, D].
    public var states: [Float]
    /// Number of network calls, each with the whole batch.
    public var calls: Int
  }

  /// Generates the samples of one group that this process holds.
  ///
  /// All processes that share the group must call it.
  ///
  /// - Parameters:
  ///   - examples: global indices of the samples of this process.
  ///   - dimensions: D, the number of entries of a sample.
  ///   - seed: seed of the sample set.
  ///   - coupling: sums over the processes that share the group.
  ///   - progress: called before each step with its number; an error it throws stops the sampler.
  ///   - score: the score of a batch.
  /// - Returns: the samples in the order of `examples`.
  /// - Throws: `ScoresError.numericalFailure` when a step size is not finite, and what the closures
  ///   throw.
  public func sample(
    _ examples: Range<Int>, dimensions: Int, seed: UInt64, coupling: BatchCoupling = .local,
    progress: (_ step: Int) throws -> Void = { _ in }, score: BatchScore
  ) throws -> Samples {
    let noise = SamplerNoise(seed: seed, examples: examples, dimensions: dimensions)
    var batch = SamplerBatch(
      states: noise.priorSample(std: sde.priorStd), dimensions: dimensions)
    for (step, level) in grid.enumerated() {
      try progress(step)
      for inner in 0..<corrector.calls {
        noise.fill(&batch.noise, purpose: .corrector, step: step * corrector.calls + inner)
        try batch.evaluate(score, at: level)
        let norms = try batch.meanNorms(coupling: coupling)
        batch.apply(try corrector.update(at: level, of: sde, norms: norms))
      }
      if predictor.calls > 0 {
        noise.fill(&batch.noise, purpose: .predictor, step: step)
        try batch.evaluate(score, at: level)
      }
      batch.apply(try predictor.update(at: level, of: sde))
    }
    return Samples(states: denoises ? batch.means : batch.states, calls: batch.calls)
  }
}

/// The buffers of a batch on its way through a sampler.
private struct SamplerBatch {
  var states: [Float]
  var means: [Float]
  var scores: [Float]
  var noise: [Float]
  var calls = 0
  let dimensions: Int

  init(states: [Float], dimensions: Int) {
    let zeros = [Float](repeating: 0, count: states.count)
    self.states = states
    self.dimensions = dimensions
    (means, scores, noise) = (states, zeros, zeros)
  }

  mutating func evaluate(_ score: BatchScore, at level: NoiseLevel) throws {
    try score(states, level.time, &scores)
    calls += 1
  }

  func meanNorms(coupling: BatchCoupling) throws -> MeanNorms {
    try MeanNorms(scores: scores, noise: noise, dimensions: dimensions, coupling: coupling)
  }

  mutating func apply(_ update: LinearUpdate) {
    update.apply(to: states.indices, of: &states, means: &means, scores: scores, noise: noise)
  }
}
