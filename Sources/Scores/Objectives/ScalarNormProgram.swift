public import Autodiff
public import Networks

/// The program whose sum over the global batch is the squared norm of the scalar Fokker-Planck term.
///
/// A norm over the global batch is no sum over examples, so a step with it takes two passes: this
/// program on all micro-batches of all ranks, then the training programs, which are told the
/// reciprocal of the norm (`ProgramInput.scalarNormReciprocal`). Inputs are those of the training
/// program. The result `squares`, `[P]`, holds the squares of the penalized examples, times B / P.
public struct ScalarNormProgram: Sendable {
  /// The number of examples of a run.
  public let batch: Int
  /// What runs.
  public let program: Program

  /// Builds the program; nil if the objective has no such term.
  ///
  /// - Parameters:
  ///   - model: The model that is trained.
  ///   - objective: What it is trained on.
  ///   - batch: The number B of examples of a run.
  public init?(_ model: ScoreModel, objective: Objective, batch: Int) {
    let examples = objective.penalizedExamples(of: batch)
    for case (.fokkerPlanck(let penalty), let probes) in objective.penaltiesWithProbes
    where penalty.hasScalarTerm {
      let noisy = NoisyBatch(model, batch: batch, examples: 0..<examples, usesDropout: false)
      let residual = penalty.scalarResidual(
        noisy.fokkerPlanckEquation, probes: noisy.probes(probes))
      let share = Float(batch) / Float(examples)
      self.batch = batch
      program = Program([("squares", square(residual) * share)])
      return
    }
    return nil
  }

  /// What the training programs are told for a sum of squares over the global batch.
  ///
  /// - Parameter sum: The sum of all results.
  /// - Returns: `1 / sqrt(sum)`; 0 where all squares are 0, so that the term and its gradient are.
  public static func reciprocal(ofSumOfSquares sum: Double) -> Float {
    sum == 0 ? 0 : Float(1 / sum.squareRoot())
  }
}
