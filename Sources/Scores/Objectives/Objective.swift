/// What a score model is trained on: denoising, a penalty, or both.
public struct Objective: Sendable, Hashable {
  /// The score-matching loss; nil to train on the penalty alone.
  public var denoising: DenoisingScoreMatching?
  /// The penalty, nil for none.
  public var penalty: QuasiConservative?
  /// On which steps and examples the penalty is computed.
  public var schedule: PenaltySchedule

  /// Combines a loss and a penalty.
  public init(
    denoising: DenoisingScoreMatching? = DenoisingScoreMatching(),
    penalty: QuasiConservative? = nil, schedule: PenaltySchedule = PenaltySchedule()
  ) {
    precondition(denoising != nil || penalty != nil, "an objective without any term")
    precondition(
      denoising != nil || schedule.interval == 1, "steps without any term between penalties")
    self.denoising = denoising
    self.penalty = penalty
    self.schedule = schedule
  }

  /// The number of examples of a program's batch that have the penalty; all if there is none.
  public func penalizedExamples(of batch: Int) -> Int {
    penalty == nil ? batch : schedule.examples(of: batch)
  }

  /// What the steps between two with the penalty are trained on; nil if every step has it.
  public var betweenPenalties: Objective? {
    penalty != nil && schedule.interval > 1 ? Objective(denoising: denoising) : nil
  }
}
