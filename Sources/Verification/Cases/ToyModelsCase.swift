import Autodiff
import Evaluation
import Networks
import Scores

/// The unconstrained, conservative and regularized model of the plane, with losses and gradients.
///
/// See Chao et al. 2023, section 3.2.
struct ToyModelsCase {
  private let reference: ReferenceCase
  private let free: DiffusionModel
  private let conservative: DiffusionModel
  private let weights: ModelWeights
  private let batch: Int
  private let strength: Float
  private let stds: [Double]

  init(_ reference: ReferenceCase) throws {
    self.reference = reference
    free = try reference.toyModel()
    conservative = try reference.conservativeToyModel()
    weights = try reference.weights(of: free.scoreModel.network)
    strength = Float(try reference.configuration.number("lambda"))
    let shape = try reference.shape("in/x")
    stds = try reference.doubles("in/uniform").map(free.sde.std)
    batch = stds.count
    guard shape == [batch, free.dimensions] else {
      throw reference.damage(
        found: "shape \(shape) of in/x", expected: "\([batch, free.dimensions])")
    }
  }

  func results() throws -> [String: [Double]] {
    var results = try scores()
    results.add(try denoising())
    results.add(try regularized())
    return results
  }

  private func inputs() throws -> [String: [Float]] {
    let levels = stds.map { Float($0) }
    return [
      ProgramInput.data: try reference.floats("in/x"),
      ProgramInput.noise: try reference.floats("in/z"),
      ProgramInput.probe(0): try reference.floats("in/v"),
      ProgramInput.meanFactor: [Float](repeating: 1, count: batch),
      ProgramInput.standardDeviation: levels, ProgramInput.condition: levels,
    ]
  }

  private func scores() throws -> [String: [Double]] {
    let (x, z) = (try reference.floats("in/x"), try reference.floats("in/z"))
    let noisy = x.indices.map { x[$0] + Float(stds[$0 / free.dimensions]) * z[$0] }
    let graph = Graph()
    let data = graph.input(ProgramInput.data, [batch, free.dimensions])
    let std = graph.input(ProgramInput.standardDeviation, [batch])
    let parameters = ParameterValues(inputsOf: graph)
    func score(_ model: DiffusionModel) -> Value {
      model.scoreModel.score(data, noise: std, standardDeviation: std, parameters: parameters)
    }
    let unconstrained = score(free)
    let energy = conservative.scoreModel.energy(
      data, noise: std, standardDeviation: std, parameters: parameters)
    let program = Program(
      [
        ("out/usbm_score", unconstrained),
        ("out/jacobian", jacobian(of: unconstrained, at: data)),
        ("out/csbm_score", score(conservative)),
      ] + (energy.map { [("out/csbm_energy", $0)] } ?? []))
    var inputs = try inputs()
    inputs[ProgramInput.data] = noisy
    let run = try ProgramRun(program, weights: weights, inputs: inputs)
    var results = ["in/std": stds, "in/xt": noisy.map(Double.init)]
    for port in program.results { results[port.name] = run[port.name] }
    return results
  }

  private func denoising() throws -> [String: [Double]] {
    var results: [String: [Double]] = [:]
    for (name, model) in [("usbm", free), ("csbm", conservative)] {
      let run = try train(model, Objective(denoising: Self.denoising))
      results["out/\(name)_dsm"] = run["dsm"]
      results["out/\(name)_dsm_mean"] = run["dsm"]
      results.add(run.gradients(under: "grad_\(name)/"))
    }
    return results
  }

  private func regularized() throws -> [String: [Double]] {
    var results: [String: [Double]] = [:]
    let estimators: [(String, QuasiConservative.Estimator)] = [
      ("qcsbm", .exact), ("qcsbm_est", .paper),
    ]
    for (name, estimator) in estimators {
      let total = try train(
        free,
        Objective(
          denoising: Self.denoising,
          penalty: QuasiConservative(estimator: estimator, strength: strength)))
      let alone = try train(
        free,
        Objective(denoising: nil, penalty: QuasiConservative(estimator: estimator, strength: 1)))
      results["out/\(name)_reg"] = total["regularizer_examples"]
      results["out/\(name)_reg_mean"] = total["regularizer"]
      results["out/\(name)_total"] = total["loss"]
      results.add(total.gradients(under: "grad_\(name)/"))
      results.add(alone.gradients(under: "grad_\(name)_reg/"))
    }
    return results
  }

  // The losses in the plane are sums without the factor 1/2.
  private static let denoising = DenoisingScoreMatching(reduction: .sum)

  private func train(_ model: DiffusionModel, _ objective: Objective) throws -> TrainingRun {
    try TrainingRun(
      model.scoreModel, objective: objective, batch: batch, weights: weights, inputs: inputs())
  }
}
