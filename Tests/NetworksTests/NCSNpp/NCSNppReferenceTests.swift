import Autodiff
import Networks
import TestSupport
import Testing

/// Whole networks against numbers of the reference implementation in double precision.
///
/// The allowed errors are those of single precision; here everything runs in `Double`, so results
/// must be well within.
@Suite struct NCSNppReferenceTests {
  @Test func namesAndShapesAreTheReferenceImplementations() throws {
    for (name, configuration) in [
      ("ncsnpp_ve_small", NCSNppConfiguration.smallVE),
      ("ncsnpp_vp_small", NCSNppConfiguration.smallVP),
    ] {
      let reference = try ReferenceCase(name)
      let expected = try Dictionary(
        uniqueKeysWithValues: reference.names
          .filter { $0.hasPrefix("param/") && $0 != "param/sigmas" }
          .map { (String($0.dropFirst(6)), try reference.shape($0)) })
      let found = try NCSNpp(configuration).parameters.map { ($0.name, $0.shape) }
      #expect(Dictionary(found, uniquingKeysWith: { first, _ in first }) == expected)
      #expect(found.count == expected.count)
    }
  }

  @Test func everyActivationOfTheVarianceExplodingNetworkIsRight() throws {
    let model = try varianceExploding("ncsnpp_ve_small")
    try expectActivations(of: model, count: 20, within: 0.1)
  }

  @Test func everyActivationOfTheVariancePreservingNetworkIsRight() throws {
    try expectActivations(of: variancePreserving(), count: 18, within: 0.5)
  }

  @Test func scoreAndJacobianProductsOfTheVarianceExplodingNetworkAreRight() throws {
    try expectScore(of: varianceExploding("ncsnpp_ve_small"), within: 0.1)
  }

  @Test func scoreAndJacobianProductsOfTheVariancePreservingNetworkAreRight() throws {
    try expectScore(of: variancePreserving(), within: 0.1)
  }

  @Test func scoreAndJacobianProductsOfTheEnergyInTheFormOfTheCodeAreRight() throws {
    try expectScore(of: varianceExploding("ncsnpp_ve_energy_small", energy: .code), within: 0.1)
  }

  private func varianceExploding(
    _ name: String, energy: EnergyForm? = nil
  ) throws -> ReferenceModel {
    let reference = try ReferenceCase(name)
    return try ReferenceModel(
      reference,
      ScoreModel(network: NCSNpp(.smallVE), conversion: .direct, energyForm: energy),
      noise: reference.doubles("in/std"))
  }

  private func variancePreserving() throws -> ReferenceModel {
    let reference = try ReferenceCase("ncsnpp_vp_small")
    return try ReferenceModel(
      reference, ScoreModel(network: NCSNpp(.smallVP), conversion: .noise),
      noise: reference.doubles("in/t").map { 999 * $0 })
  }

  private func expectActivations(
    of model: ReferenceModel, count: Int, within bound: Double
  ) throws {
    let recorder = ActivationRecorder()
    _ = model.score(recorder: recorder)
    let numbers = try model.evaluator.evaluate(recorder.activations.map(\.value))
    #expect(recorder.activations.count == count)
    for (activation, elements) in zip(recorder.activations, numbers) {
      // The reference data hold the first example only.
      let first = Array(elements.prefix(elements.count / activation.value.shape[0]))
      let error = try model.reference.relativeError(
        of: first, against: "activation/" + activation.name)
      #expect(error < bound, "\(activation.name): \(error) tolerances")
    }
  }

  private func expectScore(of model: ReferenceModel, within bound: Double) throws {
    let score = model.score()
    let probe = model.graph.input("v", model.x.shape)
    var evaluator = model.evaluator
    evaluator.inputs["v"] = try model.reference.doubles("in/v")
    let results = try evaluator.evaluate([
      score, vjp(of: score, at: model.x, cotangent: probe),
      jvp(of: score, at: model.x, tangent: probe),
    ])
    for (name, result) in zip(["out/score", "out/u", "out/w"], results) {
      let error = try model.reference.relativeError(of: result, against: name)
      #expect(error < bound, "\(name): \(error) tolerances")
    }
  }
}
