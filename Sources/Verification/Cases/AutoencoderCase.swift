import Autodiff
import Evaluation
import Execution
import Networks
import RunConfiguration
import Scores
import Training

/// The one-layer autoencoder and its first steps of training.
///
/// See Chao et al. 2023, section 6.
struct AutoencoderCase {
  private let reference: ReferenceCase
  private let model: ScoreModel
  private let weights: ModelWeights
  private let points: [Float]
  private let batch: Int

  init(_ reference: ReferenceCase) throws {
    self.reference = reference
    let shape = try reference.shape("in/points")
    guard shape.count == 2, shape[1] >= 1 else {
      throw reference.damage(found: "shape \(shape) of in/points", expected: "[N, D]")
    }
    let isSwish = reference.has("param/Sig.beta")
    let network = Autoencoder(dimension: shape[1], activation: isSwish ? .swish : .sigmoid)
    model = ScoreModel(network: network, conversion: .direct)
    weights = try reference.weights(of: network)
    points = try reference.floats("in/points")
    batch = shape[0]
  }

  // The field ignores the noise level; with none, the penalty has the weight 1.
  private var inputs: [String: [Float]] {
    let ones = [Float](repeating: 1, count: batch)
    return [
      ProgramInput.data: points,
      ProgramInput.noise: [Float](repeating: 0, count: points.count),
      ProgramInput.meanFactor: ones, ProgramInput.standardDeviation: ones,
      ProgramInput.condition: ones,
    ]
  }

  func results() throws -> [String: [Double]] {
    let score = try ProgramRun(
      ScoreProgram(model, batch: batch).program, weights: weights, inputs: inputs)
    let traces = try ProgramRun(
      EvaluationProgram(model, batch: batch, isExact: true).program, weights: weights,
      inputs: inputs)
    let step = try TrainingRun(
      model, objective: Self.objective, batch: batch, weights: weights, inputs: inputs)
    var results = [
      "out/score": score["score"], "out/trace_JJt": traces["trace_JJt"],
      "out/trace_JJ": traces["trace_JJ"], "out/reg": step["loss"],
    ]
    results.add(step.gradients(under: "grad/"))
    results.add(try weightAsymmetry())
    results.add(try training())
    return results
  }

  private static let objective = Objective(
    denoising: nil, penalty: QuasiConservative(estimator: .exact, strength: 1))

  private func weightAsymmetry() throws -> [String: [Double]] {
    let weights = AutoencoderWeights(
      decoder: try reference.doubles("param/R.weight"),
      encoder: try reference.doubles("param/Wt.weight"), dimension: model.network.exampleShape[0])
    return ["out/sym_diff": [weights.asymmetry], "out/weight_diff": [weights.distance]]
  }

  /// The penalty before each of the first optimizer steps, and the weights after them.
  private func training() throws -> [String: [Double]] {
    let configuration = reference.configuration
    var settings = OptimizerSettings()
    settings.learningRate = try configuration.number("lr", default: 1e-4)
    settings.clipNorm = try configuration.number("grad_clip", default: 1)
    settings.warmupSteps = 0
    let training = try FixedBatchTraining(
      model, objective: Self.objective, batch: batch, inputs: inputs,
      optimizer: Optimizer(settings, averaging: EMASettings()))
    try training.begin { parameter, _ in try reference.floats("param/\(parameter.name)") }
    let curve = try (0..<(try configuration.integer("steps"))).map { _ in try training.step() }
    var results = ["out/curve": curve]
    for parameter in model.network.parameters {
      results["after/\(parameter.name)"] = training.values(of: parameter)
    }
    return results
  }
}
