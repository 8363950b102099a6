/// A term of an objective beside score matching, with its factor.
public enum Penalty: Sendable, Hashable {
  /// On the rotation of the score.
  case quasiConservative(QuasiConservative)
  /// On the departure from the score Fokker-Planck equation.
  case fokkerPlanck(FokkerPlanck)

  /// The number of probe tensors that a program with this penalty reads.
  public var probeCount: Int {
    switch self {
    case .quasiConservative(let penalty): penalty.probeCount
    case .fokkerPlanck(let penalty): penalty.probeCount
    }
  }
}

/// What a score model is trained on: score matching, penalties, or both.
///
/// Of the probes of a program, score matching has the first, then each penalty in turn.
public struct Objective: Sendable, Hashable {
  /// The score-matching loss; nil to train on the penalties alone.
  public var matching: ScoreMatching?
  /// The penalties.
  public var penalties: [Penalty]
  /// On which steps and examples the penalties are computed.
  public var schedule: PenaltySchedule

  /// Combines a loss and penalties.
  public init(
    matching: ScoreMatching?, penalties: [Penalty], schedule: PenaltySchedule = PenaltySchedule()
  ) {
    precondition(matching != nil || !penalties.isEmpty, "an objective without any term")
    precondition(
      matching != nil || schedule.interval == 1, "steps without any term between penalties")
    self.matching = matching
    self.penalties = penalties
    self.schedule = schedule
  }

  /// Combines denoising with the quasi-conservative penalty.
  public init(
    denoising: DenoisingScoreMatching? = DenoisingScoreMatching(),
    penalty: QuasiConservative? = nil, schedule: PenaltySchedule = PenaltySchedule()
  ) {
    self.init(
      matching: denoising.map { .denoising($0) },
      penalties: penalty.map { [.quasiConservative($0)] } ?? [], schedule: schedule)
  }

  /// The denoising loss of the scale and weight of score matching, for evaluation; nil without it.
  public var denoising: DenoisingScoreMatching? {
    switch matching {
    case nil: nil
    case .denoising(let loss): loss
    case .sliced(let loss):
      DenoisingScoreMatching(reduction: loss.reduction, isWeighted: loss.isWeighted)
    case .implicit(let loss):
      DenoisingScoreMatching(reduction: loss.reduction, isWeighted: loss.isWeighted)
    }
  }

  /// The number of examples of a program's batch that have the penalties; all if there is none.
  public func penalizedExamples(of batch: Int) -> Int {
    penalties.isEmpty ? batch : schedule.examples(of: batch)
  }

  /// The number of probe tensors that a program with this objective reads.
  public var probeCount: Int {
    penalties.reduce(matching?.probeCount ?? 0) { $0 + $1.probeCount }
  }

  /// The penalties with the first of each one's probes.
  var penaltiesWithProbes: [(penalty: Penalty, probes: Range<Int>)] {
    var start = matching?.probeCount ?? 0
    return penalties.map { penalty in
      defer { start += penalty.probeCount }
      return (penalty, start..<start + penalty.probeCount)
    }
  }

  /// What the steps between two with the penalties are trained on; nil if every step has them.
  public var betweenPenalties: Objective? {
    guard let matching, !penalties.isEmpty, schedule.interval > 1 else { return nil }
    return Objective(matching: matching, penalties: [])
  }
}
