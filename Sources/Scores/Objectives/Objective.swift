/// What a score model is trained on: denoising, a penalty, or both.
public struct Objective: Sendable, Hashable {
  /// The score-matching loss; nil to train on the penalty alone.
  public var denoising: DenoisingScoreMatching?
  /// The penalty, nil for none.
  public var penalty: QuasiConservative?

  /// Combines a loss and a penalty.
  public init(
    denoising: DenoisingScoreMatching? = DenoisingScoreMatching(),
    penalty: QuasiConservative? = nil
  ) {
    precondition(denoising != nil || penalty != nil, "an objective without any term")
    self.denoising = denoising
    self.penalty = penalty
  }
}
