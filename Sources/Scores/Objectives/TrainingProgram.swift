public import Autodiff
public import Networks

/// The program of one training step on one micro-batch: losses and gradients.
///
/// Inputs are those of `ProgramInput` and the model's parameters under their own names. `weight`
/// is read if score matching is weighted, `v0`, `v1`, ... if a term has probes, `dropout_keys` if
/// the network has dropout, further ones of `LevelInput` by the Fokker-Planck penalty. Results:
/// - `loss`: a scalar, the terms times their factors; penalties count as many times as the
///   objective's schedule has steps from one penalty to the next;
/// - `NAME` for each term: a scalar, without these factors;
/// - `NAME_examples`: `[B]` for score matching, `[P]` for penalties, with P of the B examples
///   penalized, the first ones;
/// - `gradient/NAME`: the gradient of `loss` by each trainable parameter.
///
/// All scalars are sums over the micro-batch divided by the global batch, so that the sum of
/// losses and gradients over micro-batches and ranks is the mean over the global batch. The penalty
/// of P examples counts B / P times. Terms that the objective lacks have no result. A term that is a
/// norm over the global batch needs its value from a ``ScalarNormProgram`` beforehand.
///
/// If P is less than B, the network runs on the two parts of the batch one by one, and only the
/// first part has the tangents and cotangents of the penalty: 9 P + 3 (B - P) forward passes of one
/// example, where a second evaluation beside that of the whole batch would cost 9 P + 3 B.
public struct TrainingProgram: Sendable {
  /// The number of examples of a run.
  public let batch: Int
  /// What runs.
  public let program: Program
  /// The terms of the loss, in the order of the objective.
  public let terms: [LossTerm]
  /// The running statistics of which the program computes the batch's part.
  public let statistics: [Parameter]

  /// Builds the program.
  ///
  /// - Parameters:
  ///   - model: The model that is trained.
  ///   - objective: What it is trained on.
  ///   - batch: The number B of examples of a run.
  ///   - globalBatch: The number of examples of a step over all micro-batches and ranks.
  public init(_ model: ScoreModel, objective: Objective, batch: Int, globalBatch: Int) {
    let graph = Graph()
    let penalized = objective.penalizedExamples(of: batch)
    func part(_ examples: Range<Int>) -> NoisyBatch {
      NoisyBatch(model, in: graph, batch: batch, examples: examples, usesDropout: true)
    }
    let first = part(0..<penalized)
    var sum = LossSum(graph, batch: batch, globalBatch: globalBatch)
    if let matching = objective.matching {
      let parts = penalized < batch ? [first, part(penalized..<batch)] : [first]
      let losses = concatenate(parts.map { $0.losses(matching) }, axis: 0)
      sum.add(matching.termName, losses, strength: 1)
    }
    for (penalty, probes) in objective.penaltiesWithProbes {
      sum.add(
        penalty, of: first, probes: first.probes(probes), repeats: objective.schedule.interval)
    }
    let parameters = model.network.trainableParameters
    let values = ParameterValues(inputsOf: graph)
    let gradients = gradients(of: sum.loss, at: parameters.map { values[$0] })
    self.batch = batch
    terms = sum.terms
    statistics = []
    program = Program(
      [("loss", sum.loss)] + sum.results
        + zip(parameters, gradients).map { (Self.gradientName(of: $0), $1) })
  }

  /// The name of the result that holds a parameter's gradient.
  public static func gradientName(of parameter: Parameter) -> String {
    "gradient/\(parameter.name)"
  }
}

extension NoisyBatch {
  fileprivate func losses(_ matching: ScoreMatching) -> Value {
    let weight = matching.isWeighted ? level(.likelihoodWeight) : nil
    return switch matching {
    case .denoising(let loss):
      loss.losses(
        score: score, noise: noise, standardDeviation: standardDeviation, weight: weight)
    case .sliced(let loss):
      loss.losses(
        score: score, at: data, probes: probes(0..<loss.projections),
        standardDeviation: standardDeviation, weight: weight)
    case .implicit(let loss):
      loss.losses(
        score: score, at: data, standardDeviation: standardDeviation, weight: weight)
    }
  }
}
