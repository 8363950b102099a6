import Autodiff
import Execution
import Networks
import Scores
import TestSupport
import Testing

/// Losses and parameter gradients of image networks against the reference implementation.
@Suite struct ImageLossTests {
  private func loss(ve objective: Objective) throws -> ReferenceLoss {
    try ReferenceLoss(
      ReferenceCase("ncsnpp_ve_small"),
      ScoreModel(network: NCSNpp(.smallVE), conversion: .direct), objective, sde: VE(),
      condition: .sigma, smallestTime: 1e-5)
  }

  private func loss(vp objective: Objective) throws -> ReferenceLoss {
    try ReferenceLoss(
      ReferenceCase("ncsnpp_vp_small"),
      ScoreModel(network: NCSNpp(.smallVP), conversion: .noise), objective, sde: VP(),
      condition: .time(factor: 999), smallestTime: 1e-5)
  }

  private let quasiConservative = Objective(
    penalty: QuasiConservative(estimator: .paper, strength: 1e-3))
  private let penaltyAlone = Objective(
    denoising: nil, penalty: QuasiConservative(estimator: .paper, strength: 1))
  private let totals = [
    "loss": "out/loss_total", "dsm": "out/loss_dsm", "dsm_examples": "out/dsm",
    "regularizer": "out/loss_reg", "regularizer_examples": "out/reg",
  ]

  /// Compares losses and gradients of the whole objective, then of the penalty alone.
  private func expectReference(
    of model: (Objective) throws -> ReferenceLoss,
    computed results: (ReferenceLoss) throws -> [String: [Double]]
  ) throws {
    let total = try model(quasiConservative)
    #expect(
      try total.discrepancies(results(total), losses: totals, gradients: "grad_total") == [])
    let penalty = try model(penaltyAlone)
    #expect(
      try penalty.discrepancies(
        results(penalty), losses: ["loss": "out/loss_reg"], gradients: "grad_reg") == [])
  }

  @Test func denoisingLossOfNCSNppIsTheReferenceImplementations() throws {
    let loss = try loss(ve: Objective())
    #expect(
      try loss.discrepancies(
        loss.results(), losses: ["loss": "out/loss_dsm", "dsm_examples": "out/dsm"],
        gradients: "grad_dsm") == [])
  }

  @Test func quasiConservativeLossOfNCSNppIsTheReferenceImplementations() throws {
    try expectReference(of: loss(ve:)) { try $0.results() }
  }

  @Test func quasiConservativeLossOfDDPMppIsTheReferenceImplementations() throws {
    try expectReference(of: loss(vp:)) { try $0.results() }
  }

  @Test(arguments: CompileOptions.ConvolutionBackend.allCases)
  func executorReproducesQuasiConservativeLosses(
    _ backend: CompileOptions.ConvolutionBackend
  ) throws {
    let options = CompileOptions(convolutionBackend: backend)
    for model in [loss(ve:), loss(vp:)] {
      try expectReference(of: model) { try $0.executedResults(options) }
    }
  }

  @Test func likelihoodWeightedLossOfDDPMppIsTheReferenceImplementations() throws {
    let loss = try loss(vp: Objective(denoising: DenoisingScoreMatching(isWeighted: true)))
    #expect(
      try loss.discrepancies(
        loss.results(),
        losses: ["loss": "out/loss_dsm_weighted", "dsm_examples": "out/dsm_weighted"],
        gradients: "grad_dsm_weighted") == [])
  }

  @Test(arguments: [false, true])
  func meanLossOfDDPMppIsTheReferenceImplementations(_ isWeighted: Bool) throws {
    let denoising = DenoisingScoreMatching(reduction: .mean, isWeighted: isWeighted)
    let loss = try loss(vp: Objective(denoising: denoising))
    let found = try loss.results()
    let name = isWeighted ? "out/loss_dsm_weighted_mean" : "out/loss_dsm_mean"
    #expect(try loss.reference.relativeError(of: found["loss"] ?? [], against: name) <= 1)
  }
}
