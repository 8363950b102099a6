/// The probability-flow ODE of a process: the same marginals without noise.
///
/// It reads `dx/dt = a(t) x - g(t)^2 s(x, t) / 2` (Song et al. 2021, section 4.3). The state is kept in Double and handed to the network in Float. With an adaptive
/// solver the batch is one system with a shared step size.
public struct ProbabilityFlow: Sendable {
  /// The process whose marginals the flow carries.
  public let sde: any SDE
  /// The solver with its tolerances or steps.
  public let solver: any FlowSolver
  /// The time nearest to the data.
  public let epsilon: Double

  /// Makes the flow of a process.
  ///
  /// - Parameters:
  ///   - sde: the process.
  ///   - solver: the solver with its tolerances or steps.
  ///   - epsilon: the time nearest to the data, in (0, 1).
  /// - Throws: `ScoresError.invalidSetting`.
  public init(sde: any SDE, solver: any FlowSolver, epsilon: Double) throws(ScoresError) {
    try require(0 < epsilon && epsilon < 1, "epsilon", found: epsilon, expected: "a time in (0, 1)")
    self.sde = sde
    self.solver = solver
    self.epsilon = epsilon
  }

  /// The end of the flow for a batch.
  public struct Samples: Sendable {
    /// The end points, flat [B, D].
    public var states: [Double]
    /// Number of network calls, each with the whole batch; the denoising step counts.
    public var calls: Int
  }

  /// Generates samples from the prior: the part of one group that this process holds.
  ///
  /// All processes that share the group must call it.
  ///
  /// - Parameters:
  ///   - examples: global indices of the samples of this process.
  ///   - dimensions: D, the number of entries of a sample.
  ///   - seed: seed of the sample set.
  ///   - denoisingSteps: number of levels N of the process whose last denoising step ends the
  ///     sample, or nil for none.
  ///   - coupling: sums over the processes that share the group.
  ///   - score: the score of a batch.
  /// - Returns: the samples in the order of `examples`.
  /// - Throws: what `transport` throws.
  public func sample(
    _ examples: Range<Int>, dimensions: Int, seed: UInt64, denoisingSteps: Int? = 1000,
    coupling: BatchCoupling = .local, score: BatchScore
  ) throws -> Samples {
    let noise = SamplerNoise(seed: seed, examples: examples, dimensions: dimensions)
    let latents = noise.priorSample(std: sde.priorStd).map(Double.init)
    var samples = try transport(latents, from: 1, to: epsilon, coupling: coupling, score: score)
    if let denoisingSteps {
      try denoise(&samples, steps: denoisingSteps, score: score)
    }
    return samples
  }

  /// Moves points along the flow, in either direction.
  ///
  /// All processes that share the group must call it.
  ///
  /// - Parameters:
  ///   - states: points at time `start`, flat [B, D].
  ///   - start: initial time.
  ///   - end: final time.
  ///   - coupling: sums over the processes that share the group.
  ///   - score: the score of a batch.
  /// - Returns: the points at time `end`.
  /// - Throws: `ScoresError.numericalFailure`, and what the closures throw.
  public func transport(
    _ states: [Double], from start: Double, to end: Double, coupling: BatchCoupling = .local,
    score: BatchScore
  ) throws -> Samples {
    var scores = [Float](repeating: 0, count: states.count)
    let solution = try solver.integrate(states, from: start, to: end, coupling: coupling) {
      time, state, derivative in
      try score(state.map(Float.init), time, &scores)
      writeDrift(of: state, scores: scores, at: time, into: &derivative)
    }
    return Samples(states: solution.state, calls: solution.calls)
  }

  // The last mean of the reverse-diffusion predictor.
  private func denoise(_ samples: inout Samples, steps: Int, score: BatchScore) throws {
    try require(steps >= 2, "number of denoising levels", found: steps, expected: "at least 2")
    try sde.validate(steps: steps)
    let level = NoiseLevel(time: epsilon, index: 0, count: steps)
    let update = try Predictor.reverseDiffusion.update(at: level, of: sde)
    var scores = [Float](repeating: 0, count: samples.states.count)
    try score(samples.states.map(Float.init), epsilon, &scores)
    samples.calls += 1
    for index in samples.states.indices {
      samples.states[index] =
        update.state * samples.states[index] + update.score * Double(scores[index])
    }
  }

  /// Writes the flow's velocity of the first `scores.count` entries of `state`.
  func writeDrift(
    of state: [Double], scores: [Float], at time: Double, into derivative: inout [Double]
  ) {
    let drift = sde.driftFactor(at: time)
    let diffusion = sde.diffusion(at: time)
    let scoreFactor = -0.5 * diffusion * diffusion
    for index in scores.indices {
      derivative[index] = drift * state[index] + scoreFactor * Double(scores[index])
    }
  }
}
