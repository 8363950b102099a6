import Autodiff
import Evaluation
import Networks
import Scores

/// The toy score and classifier of likelihood score matching: losses with the frozen score.
///
/// See Chao et al. 2022, section 4.1.
struct ToyClassifierCase {
  private let reference: ReferenceCase
  private let score: ScoreModel
  private let runs: ClassifierRuns
  private let stds: [Double]

  init(_ reference: ReferenceCase) throws {
    self.reference = reference
    let settings = reference.configuration
    let network = ConditionedMLP(
      width: try settings.integer("nf"), isConditioned: try settings.boolean("conditioned"))
    score = ScoreModel(network: network, conversion: .direct)
    stds = try Self.stds(reference)
    var inputs = try ClassifierRuns.inputs(reference, stds: stds, classes: network.classes)
    for parameter in network.parameters {
      inputs[ProgramInput.prior(parameter.name)] = try reference.floats("score/\(parameter.name)")
    }
    runs = try ClassifierRuns(
      reference, classifier: Classifier(network: network, logarithm: .shifted),
      weights: reference.weights(of: network, under: "classifier/"), prior: .model(score),
      inputs: inputs)
  }

  func results() throws -> [String: [Double]] {
    let noisy = ClassifierRuns.noisyData(runs.inputs)
    let outputs = try runs.outputs(at: noisy, trains: true)
    var results = try runs.results().results
    results["in/sigma"] = stds
    results["in/xt"] = noisy.map(Double.init)
    for name in ["logits", "log_prob", "g"] { results["out/\(name)"] = outputs[name] }
    results.add(try scoreResults(noisy))
    return results
  }

  private func scoreResults(_ noisy: [Float]) throws -> [String: [Double]] {
    let weights = try reference.weights(of: score.network, under: "score/")
    var inputs = runs.inputs
    let power = try reference.configuration.integer("weighting_dsm")
    let training = try TrainingRun(
      score,
      objective: Objective(
        denoising: DenoisingScoreMatching(reduction: .mean, noisePower: power)),
      batch: runs.batch, weights: weights, inputs: inputs)
    inputs[ProgramInput.data] = noisy
    let field = try ProgramRun(
      ScoreProgram(score, batch: runs.batch).program, weights: weights, inputs: inputs)
    var results = ["out/score": field["score"], "out/loss_dsm": training["loss"]]
    results.add(training.gradients(under: "grad_dsm/"))
    return results
  }

  private static func stds(_ reference: ReferenceCase) throws -> [Double] {
    let settings = reference.configuration
    let uniform = try reference.doubles("in/uniform")
    guard try settings.boolean("conditioned") else {
      let std = try settings.number("std")
      return uniform.map { _ in std }
    }
    return uniform.map(
      try VE(sigmaMin: settings.number("std_min"), sigmaMax: settings.number("std_max")).std)
  }
}
