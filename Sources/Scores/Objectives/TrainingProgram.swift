public import Autodiff
public import Networks

/// The program of one training step on one micro-batch: losses and gradients.
///
/// Inputs are those of `ProgramInput` and the model's parameters under their own names. `weight`
/// is read if denoising is weighted, `v0`, `v1`, ... if the penalty has probes, `dropout_keys` if
/// the network has dropout. Results:
/// - `loss`: a scalar, denoising plus lambda times penalty, which counts as many times as the
///   objective's schedule has steps from one penalty to the next;
/// - `dsm` and `regularizer`: scalars, the two terms without these factors;
/// - `dsm_examples`: `[B]`;
/// - `regularizer_examples`: `[P]`, with P of the B examples penalized, the first ones;
/// - `gradient/NAME`: the gradient of `loss` by each trainable parameter.
///
/// All scalars are sums over the micro-batch divided by the global batch, so that the sum of
/// losses and gradients over micro-batches and ranks is the mean over the global batch. The penalty
/// of P examples counts B / P times. Terms that the objective lacks have no result.
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
    var results: [(name: String, value: Value)] = []
    var terms: [LossTerm] = []
    var loss = graph.constant(0)
    func add(_ name: String, _ examples: Value, strength: Float, repeats: Int = 1) {
      let term = LossTerm(name, strength: Double(strength))
      let share = Float(batch) / Float(examples.shape[0])
      let mean = examples.sum() * (share / Float(globalBatch))
      loss = loss + mean * (strength * Float(repeats))
      results += [(name, mean), (term.examplesName, examples)]
      terms.append(term)
    }
    if let denoising = objective.denoising {
      let parts = penalized < batch ? [first, part(penalized..<batch)] : [first]
      add(
        LossTerm.denoising, concatenate(parts.map { $0.losses(denoising) }, axis: 0), strength: 1)
    }
    if let penalty = objective.penalty {
      add(
        LossTerm.regularizer, first.weightedPenalties(penalty), strength: penalty.strength,
        repeats: objective.schedule.interval)
    }
    let parameters = model.network.trainableParameters
    let values = ParameterValues(inputsOf: graph)
    let gradients = gradients(of: loss, at: parameters.map { values[$0] })
    self.batch = batch
    self.terms = terms
    statistics = []
    program = Program(
      [("loss", loss)] + results
        + zip(parameters, gradients).map { (Self.gradientName(of: $0), $1) })
  }

  /// The name of the result that holds a parameter's gradient.
  public static func gradientName(of parameter: Parameter) -> String {
    "gradient/\(parameter.name)"
  }
}

extension NoisyBatch {
  fileprivate func losses(_ denoising: DenoisingScoreMatching) -> Value {
    denoising.losses(
      score: score, noise: noise, standardDeviation: standardDeviation,
      weight: denoising.isWeighted ? weight : nil)
  }

  fileprivate func weightedPenalties(_ penalty: QuasiConservative) -> Value {
    penalty.penalties(score: score, at: data, probes: probes(penalty.probeCount))
      * penalty.noiseWeight(standardDeviation)
  }
}
