/// The part of a predictor-corrector sampler that moves the state to the next noise level.
///
/// See Song et al. 2021 (arXiv 2011.13456), appendices D to F.
public enum Predictor: String, Sendable, Hashable, CaseIterable, Codable {
  /// The process's own discretisation, reversed.
  case reverseDiffusion
  /// One Euler-Maruyama step of length 1/N of the reverse SDE.
  case eulerMaruyama
  /// Ancestral sampling of the discrete chain; VE and VP only.
  case ancestral
  /// The discretised probability flow: half the score, no noise.
  case reverseDiffusionFlow
  /// One Euler step of length 1/N of the probability flow.
  case eulerFlow
  /// No prediction: the corrector alone anneals the state.
  case none

  /// The update at one noise level.
  ///
  /// - Parameters:
  ///   - level: where the state is.
  ///   - sde: the process that is being reversed.
  /// - Returns: the coefficients of the update.
  /// - Throws: `ScoresError.unsupported` for ancestral sampling of a process without it.
  public func update(at level: NoiseLevel, of sde: any SDE) throws(ScoresError) -> LinearUpdate {
    switch self {
    case .reverseDiffusion:
      return reversed(sde.discretization(at: level), scoreFraction: 1)
    case .reverseDiffusionFlow:
      return reversed(sde.discretization(at: level), scoreFraction: 0.5)
    case .eulerMaruyama:
      return reversed(eulerStep(at: level, of: sde), scoreFraction: 1)
    case .eulerFlow:
      return reversed(eulerStep(at: level, of: sde), scoreFraction: 0.5)
    case .ancestral:
      guard let update = sde.ancestralUpdate(at: level) else {
        throw .unsupported(
          method: "ancestral sampling", process: sde.name, expected: "VE or VP")
      }
      return update
    case .none:
      return .identity
    }
  }

  /// Network calls per step.
  public var calls: Int { self == .none ? 0 : 1 }

  private func eulerStep(at level: NoiseLevel, of sde: any SDE) -> Discretization {
    let steps = Double(level.count)
    return Discretization(
      driftFactor: sde.driftFactor(at: level.time) / steps,
      diffusion: sde.diffusion(at: level.time) / steps.squareRoot())
  }

  // Anderson's reversal of `f x + G z`: drift f x - k G^2 s, subtracted; the probability flow has
  // k = 1/2 and no noise.
  private func reversed(_ step: Discretization, scoreFraction: Double) -> LinearUpdate {
    LinearUpdate(
      state: 1 - step.driftFactor, score: scoreFraction * step.diffusion * step.diffusion,
      noise: scoreFraction == 1 ? step.diffusion : 0)
  }
}
