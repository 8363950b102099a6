/// The part of a predictor-corrector sampler that moves the state within a noise level.
///
/// Both dynamics draw the state towards the level's density (Song et al. 2021, appendix G).
public enum Corrector: Sendable, Hashable {
  /// Langevin dynamics whose step size holds the ratio of score to noise at `signalToNoise`.
  ///
  /// The step size uses norms averaged over the batch, so it couples the examples of a group.
  case langevin(signalToNoise: Double, steps: Int = 1)
  /// Langevin dynamics with a step size proportional to the marginal's variance.
  case annealedLangevin(signalToNoise: Double, steps: Int = 1)
  /// No correction.
  case none

  /// Network calls per sampler step.
  public var calls: Int {
    switch self {
    case .langevin(_, let steps), .annealedLangevin(_, let steps): steps
    case .none: 0
    }
  }

  /// The update at one noise level.
  ///
  /// - Parameters:
  ///   - level: where the state is.
  ///   - sde: the process that is being reversed.
  ///   - norms: norms of score and noise of the group the state belongs to.
  /// - Returns: the coefficients of the update.
  /// - Throws: `ScoresError.numericalFailure` when the norms give no finite step size.
  public func update(
    at level: NoiseLevel, of sde: any SDE, norms: MeanNorms
  ) throws(ScoresError) -> LinearUpdate {
    switch self {
    case .langevin(let signalToNoise, _):
      let step = squared(signalToNoise * norms.noise / norms.score)
      guard step.isFinite else {
        throw .numericalFailure(
          of: "Langevin corrector", time: level.time, found: "a mean score norm of \(norms.score)",
          expected: "a positive finite number")
      }
      return langevinUpdate(step: 2 * sde.langevinFactor(at: level) * step)
    case .annealedLangevin(let signalToNoise, _):
      let step = squared(signalToNoise * sde.std(at: level.time))
      return langevinUpdate(step: 2 * sde.langevinFactor(at: level) * step)
    case .none:
      return .identity
    }
  }

  /// Checks the settings.
  ///
  /// - Throws: `ScoresError.invalidSetting`.
  public func validate() throws(ScoresError) {
    switch self {
    case .langevin(let signalToNoise, let steps), .annealedLangevin(let signalToNoise, let steps):
      try require(
        signalToNoise > 0 && signalToNoise.isFinite, "signal-to-noise ratio of the corrector",
        found: signalToNoise, expected: "a positive number")
      try require(
        steps >= 1, "number of corrector steps", found: steps, expected: "at least 1")
    case .none:
      return
    }
  }

  private func squared(_ value: Double) -> Double { value * value }

  private func langevinUpdate(step: Double) -> LinearUpdate {
    LinearUpdate(state: 1, score: step, noise: (2 * step).squareRoot())
  }
}
