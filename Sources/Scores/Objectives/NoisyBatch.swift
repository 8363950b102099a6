import Autodiff
import Networks

/// The inputs that every program over noisy data has, and the score at these data.
struct NoisyBatch {
  let graph = Graph()
  let noise: Value
  let standardDeviation: Value
  let data: Value
  let score: Value

  /// Builds `x_t = mean_factor x + std z` and its score.
  init(_ model: ScoreModel, batch: Int, usesDropout: Bool) {
    let shape = Shape([batch] + model.network.exampleShape.dimensions)
    noise = graph.input(ProgramInput.noise, shape)
    standardDeviation = graph.input(ProgramInput.standardDeviation, [batch])
    let clean = graph.input(ProgramInput.data, shape)
    let factor = graph.input(ProgramInput.meanFactor, [batch])
    data = clean * factor.aligned(with: clean) + noise * standardDeviation.aligned(with: noise)
    let keys =
      usesDropout && model.network.dropoutRate > 0
      ? DropoutKeys(graph.input(ProgramInput.dropoutKeys, [batch, 2])) : nil
    score = model.score(
      data, noise: graph.input(ProgramInput.condition, [batch]),
      standardDeviation: standardDeviation, parameters: ParameterValues(inputsOf: graph),
      dropout: keys)
  }

  /// Inputs for some probes, each of the data's shape.
  func probes(_ count: Int) -> [Value] {
    (0..<count).map { graph.input(ProgramInput.probe($0), data.shape) }
  }
}
