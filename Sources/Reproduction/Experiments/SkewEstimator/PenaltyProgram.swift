import Autodiff
import Networks
import Scores

/// The penalty on given noisy data with at most one probe for each example, and its gradient.
///
/// Inputs are `x` (noisy data), `std`, `noise` (what the network is told), `v0` and the model's
/// parameters. Results are `penalty`, the mean over the examples weighted by the noise, and
/// `gradient`, by all trained parameters one after the other.
struct PenaltyProgram {
  let program: Program
  let batch: Int

  init(_ model: ScoreModel, estimator: QuasiConservative.Estimator, noisePower: Int, batch: Int) {
    let graph = Graph()
    let penalty = QuasiConservative(estimator: estimator, strength: 1, noisePower: noisePower)
    let shape = Shape([batch] + model.network.exampleShape.dimensions)
    let x = graph.input(ProgramInput.data, shape)
    let std = graph.input(ProgramInput.standardDeviation, [batch])
    let values = ParameterValues(inputsOf: graph)
    let score = model.score(
      x, noise: graph.input(ProgramInput.condition, [batch]), standardDeviation: std,
      parameters: values)
    let examples = penalty.penalties(
      score: score, at: x,
      probes: (0..<penalty.probeCount).map { graph.input(ProgramInput.probe($0), shape) })
    let mean = (examples * penalty.noiseWeight(std)).sum() * (1 / Float(batch))
    let gradients = gradients(
      of: mean, at: model.network.trainableParameters.map { values[$0] })
    self.batch = batch
    program = Program([
      ("penalty", mean),
      (
        "gradient",
        concatenate(gradients.map { $0.reshaped(to: [$0.shape.count]) }, axis: 0)
      ),
    ])
  }
}
