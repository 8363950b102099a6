import Autodiff
import Execution
import Networks
import RunConfiguration
import Scores

/// The programs of a run's steps before they are compiled: one, or a second one for the steps
/// without the penalty.
struct TrainingPrograms {
  /// A program with the number of probes that it reads.
  struct Part {
    let training: TrainingProgram
    /// What is run beforehand for a term that is a norm over the global batch, if there is one.
    let norm: ScalarNormProgram?
    let probes: Int
  }

  /// The program of the steps with the whole objective.
  let main: Part
  /// The program of the other steps, if there are such steps.
  let betweenPenalties: Part?
  /// Which steps have the whole objective.
  let schedule: PenaltySchedule

  /// Builds the programs of a run.
  ///
  /// - Parameters:
  ///   - subject: What is trained, and on what.
  ///   - prior: The score model that a classifier's objective needs, nil if it needs none.
  ///   - batch: The number of examples of a micro-batch.
  ///   - globalBatch: The number of examples of a step.
  init(_ subject: TrainingSubject, prior: ScoreModel?, batch: Int, globalBatch: Int) {
    switch subject {
    case .score(let model, let objective):
      self.init(objective, model: model, batch: batch, globalBatch: globalBatch)
    case .classifier(let classifier, let objective):
      let training = TrainingProgram(
        classifier, objective: objective, prior: prior.map(PriorScore.model) ?? .input,
        batch: batch, globalBatch: globalBatch)
      self.init(
        main: Part(training: training, norm: nil, probes: 0), betweenPenalties: nil,
        schedule: PenaltySchedule())
    }
  }

  private init(main: Part, betweenPenalties: Part?, schedule: PenaltySchedule) {
    self.main = main
    self.betweenPenalties = betweenPenalties
    self.schedule = schedule
  }

  /// Builds the programs of a score model.
  ///
  /// - Parameters:
  ///   - objective: What a run minimizes.
  ///   - model: The model that is trained.
  ///   - batch: The number of examples of a micro-batch.
  ///   - globalBatch: The number of examples of a step.
  init(_ objective: Objective, model: ScoreModel, batch: Int, globalBatch: Int) {
    func part(_ objective: Objective) -> Part {
      Part(
        training: TrainingProgram(
          model, objective: objective, batch: batch, globalBatch: globalBatch),
        norm: ScalarNormProgram(model, objective: objective, batch: batch),
        probes: objective.probeCount)
    }
    self.init(
      main: part(objective), betweenPenalties: objective.betweenPenalties.map(part),
      schedule: objective.schedule)
  }

  /// Refuses programs whose tensors do not fit this machine.
  ///
  /// - Parameters:
  ///   - options: How they will be compiled.
  ///   - plan: The split of the batch.
  /// - Throws: `TrainingError.tooLittleMemory`.
  func requireMemory(
    _ options: CompileOptions, for plan: BatchPlan
  ) throws(TrainingError) {
    for program in all {
      try TrainingError.ifMemoryLacks(
        "training.micro_batch", "\(plan.microBatch) examples at once"
      ) { () throws(MemoryShortage) in
        try MemoryShortage.check(program, options: options, copies: plan.replicas)
      }
    }
  }

  /// All programs, that of the penalty first.
  var all: [Program] {
    [main.training.program] + (betweenPenalties.map { [$0.training.program] } ?? [])
  }
}
