import Autodiff
import Execution
import Networks
import Scores
import TestSupport
import Testing

/// Losses and parameter gradients of image networks against the reference implementation.
@Suite struct ImageLossTests {
  private func loss(ve objective: Objective) throws -> ReferenceLoss {
    let configuration = NCSNppConfiguration(
      imageSize: 16, imageChannels: 3, width: 16, channelMultipliers: [1, 2], residualBlocks: 1)
    return try ReferenceLoss(
      ReferenceCase("ncsnpp_ve_small"),
      ScoreModel(network: NCSNpp(configuration), conversion: .direct), objective, sde: VE(),
      condition: .sigma, smallestTime: 1e-5)
  }

  private func loss(vp objective: Objective) throws -> ReferenceLoss {
    var configuration = NCSNppConfiguration(
      imageSize: 16, imageChannels: 3, width: 16, channelMultipliers: [1, 2], residualBlocks: 1)
    configuration.embedding = .positional
    configuration.resampling = .box
    configuration.progressiveInput = .none
    configuration.dividesBySigma = false
    configuration.isCentred = true
    return try ReferenceLoss(
      ReferenceCase("ncsnpp_vp_small"),
      ScoreModel(network: NCSNpp(configuration), conversion: .noise), objective, sde: VP(),
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

  @Test func denoisingLossOfNCSNppIsTheReferenceImplementations() throws {
    let loss = try loss(ve: Objective())
    #expect(
      try loss.discrepancies(
        loss.results(), losses: ["loss": "out/loss_dsm", "dsm_examples": "out/dsm"],
        gradients: "grad_dsm") == [])
  }

  @Test func quasiConservativeLossOfNCSNppIsTheReferenceImplementations() throws {
    let total = try loss(ve: quasiConservative)
    #expect(
      try total.discrepancies(total.results(), losses: totals, gradients: "grad_total") == [])
    let penalty = try loss(ve: penaltyAlone)
    #expect(
      try penalty.discrepancies(
        penalty.results(), losses: ["loss": "out/loss_reg"], gradients: "grad_reg") == [])
  }

  @Test func quasiConservativeLossOfDDPMppIsTheReferenceImplementations() throws {
    let total = try loss(vp: quasiConservative)
    #expect(
      try total.discrepancies(total.results(), losses: totals, gradients: "grad_total") == [])
    let penalty = try loss(vp: penaltyAlone)
    #expect(
      try penalty.discrepancies(
        penalty.results(), losses: ["loss": "out/loss_reg"], gradients: "grad_reg") == [])
  }

  @Test(arguments: CompileOptions.ConvolutionBackend.allCases)
  func executorReproducesQuasiConservativeLosses(
    _ backend: CompileOptions.ConvolutionBackend
  ) throws {
    let options = CompileOptions(convolutionBackend: backend)
    for loss in [try loss(ve: quasiConservative), try loss(vp: quasiConservative)] {
      let results = try loss.executedResults(options)
      #expect(try loss.discrepancies(results, losses: totals, gradients: "grad_total") == [])
    }
    for loss in [try loss(ve: penaltyAlone), try loss(vp: penaltyAlone)] {
      let results = try loss.executedResults(options)
      #expect(
        try loss.discrepancies(
          results, losses: ["loss": "out/loss_reg"], gradients: "grad_reg") == [])
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
