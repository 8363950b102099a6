import Autodiff
import Evaluation
import Networks
import Scores

/// A classifier of a reference case with its losses: likelihood scores, cross-entropy and their sum.
struct ClassifierRuns {
  let classifier: Classifier
  let weights: ModelWeights
  let prior: PriorScore
  /// The inputs of a training program, with what the prior score needs.
  let inputs: [String: [Float]]
  let batch: Int
  private let likelihood: DenoisingLikelihood
  private let crossEntropy: CrossEntropy
  private let coefficient: Float

  init(
    _ reference: ReferenceCase, classifier: Classifier, weights: ModelWeights, prior: PriorScore,
    inputs: [String: [Float]]
  ) throws {
    let settings = reference.configuration
    self.classifier = classifier
    self.weights = weights
    self.prior = prior
    self.inputs = inputs
    batch = inputs[ProgramInput.label]?.count ?? 0
    likelihood = DenoisingLikelihood(noisePower: try settings.integer("weighting_dlsm"))
    crossEntropy = CrossEntropy(noisePower: try settings.integer("weighting_ce"))
    coefficient = Float(try settings.number("coef"))
  }

  /// The inputs of all examples of a case under given noise levels.
  static func inputs(_ reference: ReferenceCase, stds: [Double], classes: Int) throws
    -> [String: [Float]]
  {
    let labels = try reference.indices("in/y", below: classes)
    guard labels.count == stds.count, try reference.shape("in/x").first == stds.count else {
      throw reference.damage(
        found: "\(labels.count) labels", expected: "one for each of \(stds.count) examples")
    }
    let levels = stds.map { Float($0) }
    return [
      ProgramInput.data: try reference.floats("in/x"),
      ProgramInput.noise: try reference.floats("in/z"),
      ProgramInput.label: labels.map(Float.init),
      ProgramInput.meanFactor: [Float](repeating: 1, count: levels.count),
      ProgramInput.standardDeviation: levels, ProgramInput.condition: levels,
    ]
  }

  /// The noisy data, `x + sigma z`.
  static func noisyData(_ inputs: [String: [Float]]) -> [Float] {
    let (x, z) = (inputs[ProgramInput.data] ?? [], inputs[ProgramInput.noise] ?? [])
    let levels = inputs[ProgramInput.standardDeviation] ?? []
    let size = x.count / max(levels.count, 1)
    return x.indices.map { x[$0] + levels[$0 / size] * z[$0] }
  }

  /// The losses and their gradients by the classifier's parameters, and the statistics of the batch
  /// by the names of the running ones.
  func results() throws -> (results: [String: [Double]], statistics: [String: [Double]]) {
    let objectives = [
      ("dlsm", ClassifierObjective(likelihood: likelihood)),
      ("ce", ClassifierObjective(crossEntropy: crossEntropy)),
      (
        "total",
        ClassifierObjective(
          likelihood: likelihood,
          crossEntropy: CrossEntropy(
            strength: coefficient, noisePower: crossEntropy.noisePower))
      ),
    ]
    var results: [String: [Double]] = [:]
    var statistics: [String: [Double]] = [:]
    for (name, objective) in objectives {
      let training = TrainingProgram(
        classifier, objective: objective, prior: prior, batch: batch, globalBatch: batch)
      let run = try ProgramRun(training.program, weights: weights, inputs: inputs)
      results["out/loss_\(name)"] = run["loss"]
      for parameter in classifier.network.trainableParameters {
        results["grad_\(name)/\(parameter.name)"] =
          run[TrainingProgram.gradientName(of: parameter)]
      }
      for parameter in training.statistics {
        statistics[parameter.name] = run[TrainingProgram.statisticName(of: parameter)]
      }
    }
    return (results, statistics)
  }

  /// Logits, logarithms of probabilities and likelihood scores at noisy data.
  func outputs(at noisy: [Float], trains: Bool) throws -> ProgramRun {
    let (graph, network) = (Graph(), classifier.network)
    let x = graph.input(ProgramInput.data, Shape([batch] + network.exampleShape.dimensions))
    let logits = network.logits(
      x, noise: graph.input(ProgramInput.condition, [batch]),
      parameters: ParameterValues(inputsOf: graph), statistics: trains ? BatchStatistics() : nil)
    let choice = classifier.choice(graph.input(ProgramInput.label, [batch]))
    let program = Program([
      ("logits", logits), ("log_prob", classifier.logProbabilities(logits)),
      ("g", classifier.gradient(logits, at: x, choice: choice)),
    ])
    var inputs = inputs
    inputs[ProgramInput.data] = noisy
    return try ProgramRun(program, weights: weights, inputs: inputs)
  }
}
