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
  /// The score without dropout; the same value if there is none.
  let steadyScore: Value

  private let model: ScoreModel
  private let condition: Value
  // What an input has for each example of the whole batch.
  private let batch: Int

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
    self.model = model
    self.graph = graph
    self.examples = examples
    self.batch = batch
    let noise = input(ProgramInput.noise, shape)
    let std = input(ProgramInput.standardDeviation)
    let clean = input(ProgramInput.data, shape)
    let factor = input(ProgramInput.meanFactor)
    let data = clean * factor.aligned(with: clean) + noise * std.aligned(with: noise)
    let condition = input(ProgramInput.condition)
    let keys =
      usesDropout && model.network.dropoutRate > 0
      ? DropoutKeys(input(ProgramInput.dropoutKeys, [2])) : nil
    func score(_ keys: DropoutKeys?) -> Value {
      model.score(
        data, noise: condition, standardDeviation: std,
        parameters: ParameterValues(inputsOf: graph), dropout: keys)
    }
    (self.noise, standardDeviation, self.data, self.condition) = (noise, std, data, condition)
    self.score = score(keys)
    steadyScore = keys == nil ? self.score : score(nil)
  }

  /// Inputs for some probes, each of the data's shape.
  func probes(_ numbers: Range<Int>) -> [Value] {
    numbers.map {
      graph.input(
        ProgramInput.probe($0), Shape([batch] + model.network.exampleShape.dimensions)
      ).ofExamples(examples)
    }
  }

  /// An input that follows from each example's time, `[B]`.
  func level(_ input: LevelInput) -> Value {
    graph.input(input.rawValue, [batch]).ofExamples(examples)
  }

  /// The score Fokker-Planck equation of the score without dropout.
  var fokkerPlanckEquation: FokkerPlanckEquation {
    FokkerPlanckEquation(
      of: steadyScore, at: data, driftFactor: level(.driftFactor),
      squaredDiffusion: level(.squaredDiffusion))
  }

  /// The time derivative of the score without dropout, the noisy data held fixed.
  func scoreRate(by method: FokkerPlanck.TimeDerivative) -> Value {
    switch method {
    case .exact:
      // The data depend on the standard deviation too; as an input of their own they do not move.
      return jvp(
        of: [steadyScore], at: [condition, standardDeviation, data],
        tangents: [
          level(.conditionRate), level(.standardDeviationRate), graph.constant(0, data.shape),
        ])[0]
    case .stencil:
      let points = [
        (score(std: .earlierStandardDeviation, told: .earlierCondition), LevelInput.earlierFactor),
        (steadyScore, .presentFactor),
        (score(std: .laterStandardDeviation, told: .laterCondition), .laterFactor),
      ]
      return points.reduce(graph.constant(0, data.shape)) { sum, point in
        sum + point.0 * level(point.1).aligned(with: data)
      }
    }
  }

  private func score(std: LevelInput, told condition: LevelInput) -> Value {
    model.score(
      data, noise: level(condition), standardDeviation: level(std),
      parameters: ParameterValues(inputsOf: graph))
  }
}

extension Value {
  /// The elements of some examples of a value `[B, ...]`.
  fileprivate func ofExamples(_ examples: Range<Int>) -> Value {
    sliced(
      start: [examples.lowerBound] + [Int](repeating: 0, count: shape.rank - 1),
      size: Shape([examples.count] + shape.dimensions.dropFirst()))
  }
}
