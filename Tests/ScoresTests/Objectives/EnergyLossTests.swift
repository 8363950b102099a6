import Autodiff
import Networks
import Scores
import TestSupport
import Testing

/// The conservative NCSN++ against the reference implementation.
@Suite struct EnergyLossTests {
  private func model() throws -> ScoreModel {
    ScoreModel(network: try NCSNpp(.smallVE), conversion: .direct, energyForm: .code)
  }

  private func loss(_ objective: Objective) throws -> ReferenceLoss {
    try ReferenceLoss(
      ReferenceCase("ncsnpp_ve_energy_small"), model(), objective, sde: VE(), condition: .sigma,
      smallestTime: 1e-5)
  }

  @Test func denoisingLossIsTheReferenceImplementations() throws {
    let loss = try loss(Objective())
    let losses = ["loss": "out/loss_dsm", "dsm_examples": "out/dsm"]
    #expect(try loss.discrepancies(loss.results(), losses: losses, gradients: "grad_dsm") == [])
    #expect(
      try loss.discrepancies(loss.executedResults(), losses: losses, gradients: "grad_dsm") == [])
  }

  @Test func tracesOfJacobianAreTheReferenceImplementationsAndEqual() throws {
    let loss = try loss(Objective())
    let program = EvaluationProgram(try model(), batch: 2).program
    let results = try ReferenceEvaluator(loss.inputs).evaluate(program)
    for (result, tensor) in [
      "dsm": "out/dsm", "trace_JJt": "out/trace_JJt", "trace_JJ": "out/trace_JJ",
    ] {
      let error = try loss.reference.relativeError(of: results[result] ?? [], against: tensor)
      #expect(error <= 1, "\(result)")
    }
    let scale = results["trace_JJt"]?.max() ?? .nan
    #expect((results["skew"] ?? []).allSatisfy { abs($0) < 1e-12 * scale })
  }
}
