import Autodiff
import Networks
import Scores
import TestSupport
import Testing

/// Losses and parameter gradients of networks for points against the reference implementation.
@Suite struct PlaneLossTests {
  private func loss(_ model: ScoreModel, penalty: QuasiConservative?, denoises: Bool = true) throws
    -> ReferenceLoss
  {
    let denoising = denoises ? DenoisingScoreMatching(reduction: .sum) : nil
    return try ReferenceLoss(
      ReferenceCase("toy2d_qc"), model, Objective(denoising: denoising, penalty: penalty),
      sde: VE(sigmaMin: 0.1, sigmaMax: 3), condition: .sigma, smallestTime: 0)
  }

  private let unconstrained = ScoreModel(network: ToyMLP(), conversion: .residual)

  @Test func unconstrainedLossIsTheReferenceImplementations() throws {
    let loss = try loss(unconstrained, penalty: nil)
    #expect(
      try loss.discrepancies(
        loss.results(), losses: ["loss": "out/usbm_dsm_mean"], gradients: "grad_usbm") == [])
  }

  @Test func conservativeLossIsTheReferenceImplementations() throws {
    let model = ScoreModel(
      network: ToyMLP(outputActivation: .elu), conversion: .residual, energyForm: .equation)
    let loss = try loss(model, penalty: nil)
    #expect(
      try loss.discrepancies(
        loss.results(), losses: ["loss": "out/csbm_dsm_mean"], gradients: "grad_csbm") == [])
  }

  @Test(arguments: [QuasiConservative.Estimator.exact, .paper])
  func quasiConservativeLossIsTheReferenceImplementations(
    _ estimator: QuasiConservative.Estimator
  ) throws {
    let name = estimator == .exact ? "qcsbm" : "qcsbm_est"
    let total = try loss(
      unconstrained, penalty: QuasiConservative(estimator: estimator, strength: 0.1))
    #expect(
      try total.discrepancies(
        total.results(),
        losses: [
          "loss": "out/\(name)_total", "regularizer": "out/\(name)_reg_mean",
          "regularizer_examples": "out/\(name)_reg",
        ], gradients: "grad_\(name)") == [])
    let executed = try total.executedResults()
    #expect(
      try total.discrepancies(
        executed, losses: ["loss": "out/\(name)_total"], gradients: "grad_\(name)") == [])
    let alone = try loss(
      unconstrained, penalty: QuasiConservative(estimator: estimator, strength: 1),
      denoises: false)
    #expect(
      try alone.discrepancies(
        alone.results(), losses: ["loss": "out/\(name)_reg_mean"],
        gradients: "grad_\(name)_reg") == [])
  }

  @Test func exactPenaltyOfTheAutoencoderIsTheReferenceImplementations() throws {
    let reference = try ReferenceCase("autoencoder_qc")
    let model = ScoreModel(network: Autoencoder(), conversion: .direct)
    let points = try reference.doubles("in/points")
    let count = points.count / 2
    var inputs = try reference.tensors(under: "param/")
    inputs["x"] = points
    inputs["z"] = [Double](repeating: 0, count: 2 * count)
    inputs["mean_factor"] = [Double](repeating: 1, count: count)
    inputs["std"] = inputs["mean_factor"]
    let evaluator = ReferenceEvaluator(inputs)
    let training = TrainingProgram(
      model,
      objective: Objective(
        denoising: nil, penalty: QuasiConservative(estimator: .exact, strength: 1)),
      batch: count, globalBatch: count)
    var results = try evaluator.evaluate(training.program)
    let evaluation = EvaluationProgram(model, batch: count, isExact: true)
    results.merge(try evaluator.evaluate(evaluation.program)) { first, _ in first }
    var expected = [
      "loss": "out/reg", "trace_JJt": "out/trace_JJt", "trace_JJ": "out/trace_JJ",
    ]
    for parameter in model.network.trainableParameters {
      expected[TrainingProgram.gradientName(of: parameter)] = "grad/\(parameter.name)"
    }
    for (result, tensor) in expected {
      let error = try reference.relativeError(of: results[result] ?? [], against: tensor)
      #expect(error <= 1, "\(result)")
    }
  }
}
