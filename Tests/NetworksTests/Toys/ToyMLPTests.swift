import Autodiff
import Networks
import TestSupport
import Testing

@Suite struct ToyMLPTests {
  @Test func namesAndShapesAreTheReferenceImplementations() throws {
    let reference = try ReferenceCase("toy2d_qc")
    let network = ToyMLP()
    #expect(network.trainableCount == 42_509)
    #expect(
      Set(network.parameters.map { "param/" + $0.name })
        == Set(reference.names.filter { $0.hasPrefix("param/") }))
    for parameter in network.parameters {
      #expect(try reference.shape("param/" + parameter.name) == parameter.shape)
    }
  }

  @Test func unconstrainedScoreAndItsJacobianAreTheReferenceImplementations() throws {
    let model = try referenceModel(energy: nil)
    let score = model.score()
    #expect(try model.error(of: score, against: "out/usbm_score") < 0.1)
    let rows = (0..<2).map { column in
      let direction = model.graph.literal(
        (0..<128).map { $0 % 2 == column ? 1 : 0 }, [64, 2])
      return jvp(of: score, at: model.x, tangent: direction).reshaped(to: [64, 2, 1])
    }
    #expect(try model.error(of: concatenate(rows, axis: 2), against: "out/jacobian") < 0.1)
  }

  @Test func conservativeScoreAndEnergyAreTheReferenceImplementations() throws {
    let model = try referenceModel(energy: .equation)
    #expect(try model.error(of: model.score(), against: "out/csbm_score") < 0.1)
    let energy = try #require(model.energy())
    #expect(try model.error(of: energy, against: "out/csbm_energy") < 0.1)
  }

  private func referenceModel(energy: EnergyForm?) throws -> ReferenceModel {
    let reference = try ReferenceCase("toy2d_qc")
    let network = ToyMLP(outputActivation: energy == nil ? .identity : .elu)
    return try ReferenceModel(
      reference, ScoreModel(network: network, conversion: .residual, energyForm: energy),
      noise: reference.doubles("in/std"))
  }
}
