import Autodiff
import Networks
import Scores

/// The programs of a run's steps before they are compiled: one, or a second one for the steps
/// without the penalty.
struct TrainingPrograms {
  /// A program with what it minimizes.
  struct Part {
    let training: TrainingProgram
    /// What is run beforehand for a term that is a norm over the global batch, if there is one.
    let norm: ScalarNormProgram?
    let objective: Objective
  }

  /// The program of the steps with the whole objective.
  let main: Part
  /// The program of the other steps, if there are such steps.
  let betweenPenalties: Part?

  /// Builds the programs.
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
        objective: objective)
    }
    main = part(objective)
    betweenPenalties = objective.betweenPenalties.map(part)
  }

  /// All programs, that of the penalty first.
  var all: [Program] {
    [main.training.program] + (betweenPenalties.map { [$0.training.program] } ?? [])
  }
}
