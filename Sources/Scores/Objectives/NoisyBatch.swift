import Autodiff
import Networks

/// The inputs that every program over noisy data has, and the score at these data.
///
/// It may stand for some examples of the inputs only; then so does each of its values.
struct NoisyBatch {
  let graph: Graph
  let examples: Range<Int>
  let noise: Value
  let standardDeviation: Value
  let data: Value
  let score: Value

  // What an input has for each example of the whole batch.
  private let batch: Int
  private let exampleShape: Shape

  /// Builds `x_t = mean_factor x + std z` and its score.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - graph: Where to build.
  ///   - batch: The number of examples of the inputs.
  ///   - examples: Those to look at; nil for all.
  ///   - usesDropout: Whether the network's dropout layers are at work.
  init(
    _ model: ScoreModel, in graph: Graph = Graph(), batch: Int, examples: Range<Int>? = nil,
    usesDropout: Bool
  ) {
    let (examples, shape) = (examples ?? 0..<batch, model.network.exampleShape)
    func input(_ name: String, _ shape: Shape = []) -> Value {
      graph.input(name, Shape([batch] + shape.dimensions)).ofExamples(examples)
    }
    self.graph = graph
    self.examples = examples
    self.batch = batch
    exampleShape = shape
    noise = input(ProgramInput.noise, shape)
    standardDeviation = input(ProgramInput.standardDeviation)
    let clean = input(ProgramInput.data, shape)
    let factor = input(ProgramInput.meanFactor)
    data = clean * factor.aligned(with: clean) + noise * standardDeviation.aligned(with: noise)
    let keys =
      usesDropout && model.network.dropoutRate > 0
      ? DropoutKeys(input(ProgramInput.dropoutKeys, [2])) : nil
    score = model.score(
      data, noise: input(ProgramInput.condition), standardDeviation: standardDeviation,
      parameters: ParameterValues(inputsOf: graph), dropout: keys)
  }

  /// Inputs for some probes, each of the data's shape.
  func probes(_ count: Int) -> [Value] {
    (0..<count).map {
      graph.input(ProgramInput.probe($0), Shape([batch] + exampleShape.dimensions))
        .ofExamples(examples)
    }
  }

  /// The input for the factor of each example's denoising loss.
  var weight: Value { graph.input(ProgramInput.weight, [batch]).ofExamples(examples) }
}

extension Value {
  /// The elements of some examples of a value `[B, ...]`.
  fileprivate func ofExamples(_ examples: Range<Int>) -> Value {
    sliced(
      start: [examples.lowerBound] + [Int](repeating: 0, count: shape.rank - 1),
      size: Shape([examples.count] + shape.dimensions.dropFirst()))
  }
}
