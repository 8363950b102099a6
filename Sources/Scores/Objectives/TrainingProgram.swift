public import Autodiff
public import Networks

/// The program of one training step on one micro-batch: losses and gradients.
///
/// Inputs are those of `ProgramInput` and the model's parameters under their own names. `weight`
/// is read if denoising is weighted, `v0`, `v1`, ... if the penalty has probes, `dropout_keys` if
/// the network has dropout. Results:
/// - `loss`: a scalar, denoising plus lambda times penalty;
/// - `dsm` and `regularizer`: scalars, the two terms without lambda;
/// - `dsm_examples` and `regularizer_examples`: `[B]`;
/// - `gradient/NAME`: the gradient of `loss` by each trainable parameter.
///
/// All scalars are sums over the micro-batch divided by the global batch, so that the sum of
/// losses and gradients over micro-batches and ranks is the mean over the global batch. Terms that
/// the objective lacks have no result.
public struct TrainingProgram: Sendable {
  /// The number of examples of a run.
  public let batch: Int
  /// What runs.
  public let program: Program

  /// Builds the program.
  ///
  /// - Parameters:
  ///   - model: The model that is trained.
  ///   - objective: What it is trained on.
  ///   - batch: The number B of examples of a run.
  ///   - globalBatch: The number of examples of a step over all micro-batches and ranks.
  public init(_ model: ScoreModel, objective: Objective, batch: Int, globalBatch: Int) {
    let noisy = NoisyBatch(model, batch: batch, usesDropout: true)
    var results: [(name: String, value: Value)] = []
    var loss = noisy.graph.constant(0)
    func add(_ name: String, _ examples: Value, strength: Float) {
      let mean = examples.sum() * (1 / Float(globalBatch))
      loss = loss + mean * strength
      results += [(name, mean), (name + "_examples", examples)]
    }
    if let denoising = objective.denoising {
      let weight =
        denoising.isWeighted ? noisy.graph.input(ProgramInput.weight, [batch]) : nil
      let losses = denoising.losses(
        score: noisy.score, noise: noisy.noise, standardDeviation: noisy.standardDeviation,
        weight: weight)
      add("dsm", losses, strength: 1)
    }
    if let penalty = objective.penalty {
      let penalties = penalty.penalties(
        score: noisy.score, at: noisy.data, probes: noisy.probes(penalty.probeCount))
      add(
        "regularizer", penalties * penalty.noiseWeight(noisy.standardDeviation),
        strength: penalty.strength)
    }
    let parameters = model.network.trainableParameters
    let values = ParameterValues(inputsOf: noisy.graph)
    let gradients = gradients(of: loss, at: parameters.map { values[$0] })
    self.batch = batch
    program = Program(
      [("loss", loss)] + results
        + zip(parameters, gradients).map { (Self.gradientName(of: $0), $1) })
  }

  /// The name of the result that holds a parameter's gradient.
  public static func gradientName(of parameter: Parameter) -> String {
    "gradient/\(parameter.name)"
  }
}
