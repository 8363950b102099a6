import Evaluation
import Networks
import Scores

extension ReferenceCase {
  /// The process of the toys.
  func toyProcess() throws -> VE {
    try VE(
      sigmaMin: configuration.number("std_min"), sigmaMax: configuration.number("std_max"))
  }

  /// The unconstrained toy model `(x - f) / sigma`.
  func toyModel() throws -> DiffusionModel {
    try configuration.require("act_", is: "swish")
    let network = ToyMLP(dimension: try toyDimension())
    return DiffusionModel(
      ScoreModel(network: network, conversion: .residual), sde: try toyProcess(),
      condition: .sigma)
  }

  /// The conservative toy model of the energy `|x - a(f)|^2 / (2 sigma)`.
  func conservativeToyModel() throws -> DiffusionModel {
    let activation: Activation =
      switch try configuration.text("act__") {
      case "elu": .elu
      case "lrelu": .leakyReLU(slope: 0.1)
      default: throw configuration.unsuitable("act__", "elu or lrelu")
      }
    var model = try toyModel()
    model.scoreModel = ScoreModel(
      network: ToyMLP(dimension: try toyDimension(), outputActivation: activation),
      conversion: .residual, energyForm: .equation)
    return model
  }

  private func toyDimension() throws -> Int {
    let shape = try shape("param/concat_network.bias")
    guard shape.count == 1 else {
      throw damage(found: "shape \(shape) of param/concat_network.bias", expected: "one axis")
    }
    return shape[0]
  }
}
