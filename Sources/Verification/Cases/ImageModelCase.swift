import Autodiff
import Evaluation
import Networks
import Scores

/// An NCSN++ or DDPM++ model under a VE, VP or sub-VP process: score, losses and gradients.
struct ImageModelCase {
  private let reference: ReferenceCase
  private let model: DiffusionModel
  private let weights: ModelWeights
  private let batch: Int
  private let times: [Double]
  private let strength: Float

  init(_ reference: ReferenceCase) throws {
    self.reference = reference
    model = try reference.configuration.imageModel()
    // The continuous-time models never read the table of discrete levels.
    weights = try reference.weights(of: model.scoreModel.network, ignoring: ["sigmas"])
    let shape = try reference.shape("in/x")
    let example = model.scoreModel.network.exampleShape
    guard shape.count == 4, Array(shape.dropFirst()) == example.dimensions else {
      throw reference.damage(found: "shape \(shape) of in/x", expected: "[B] and \(example)")
    }
    batch = shape[0]
    for name in ["in/z", "in/v"] {
      let found = try reference.shape(name)
      guard found == shape else {
        throw reference.damage(found: "shape \(found) of \(name)", expected: "\(shape)")
      }
    }
    let epsilon = model.sde.trainingEpsilon
    times = try reference.doubles("in/uniform").map { $0 * (1 - epsilon) + epsilon }
    guard times.count == batch else {
      throw reference.damage(found: "\(times.count) times", expected: "\(batch)")
    }
    strength = Float(try reference.configuration.number("lambda"))
  }

  func results() throws -> [String: [Double]] {
    var results = [
      "in/t": times, "in/std": times.map(model.sde.std), "in/g": times.map(model.sde.diffusion),
    ]
    results.add(try scores())
    results.add(try estimates())
    results.add(try denoising())
    results.add(try regularized())
    return results
  }

  private func inputs() throws -> [String: [Float]] {
    let sde = model.sde
    return [
      ProgramInput.data: try reference.floats("in/x"),
      ProgramInput.noise: try reference.floats("in/z"),
      ProgramInput.probe(0): try reference.floats("in/v"),
      ProgramInput.meanFactor: times.map { Float(sde.meanFactor(at: $0)) },
      ProgramInput.standardDeviation: times.map { Float(sde.std(at: $0)) },
      ProgramInput.condition: times.map { Float(model.condition.value(at: $0, of: sde)) },
      ProgramInput.weight: times.map { Float(sde.likelihoodWeight(at: $0)) },
    ]
  }

  /// Network output, score, products with the Jacobian and the outputs of all modules.
  private func scores() throws -> [String: [Double]] {
    let noisy = try noisyData()
    let graph = Graph()
    let x = graph.input(ProgramInput.data, Shape(try reference.shape("in/x")))
    let (condition, std) = (
      graph.input(ProgramInput.condition, [batch]),
      graph.input(ProgramInput.standardDeviation, [batch])
    )
    let (recorder, parameters) = (ActivationRecorder(), ParameterValues(inputsOf: graph))
    let output = model.scoreModel.network.output(
      x, noise: condition, parameters: parameters, dropout: nil, recorder: recorder)
    let score = model.scoreModel.score(
      x, noise: condition, standardDeviation: std, parameters: parameters)
    let products = JacobianProducts(
      of: score, at: x, probe: graph.input(ProgramInput.probe(0), x.shape))
    let program = Program(
      [
        ("out/net", output), ("out/score", score), ("out/u", products.transposed),
        ("out/w", products.direct),
      ] + recorder.activations.map { ("activation/\($0.name)", $0.value) })
    var inputs = try inputs()
    inputs[ProgramInput.data] = noisy
    let run = try ProgramRun(program, weights: weights, inputs: inputs)
    var results = ["in/xt": noisy.map(Double.init)]
    for port in program.results {
      let values = run[port.name]
      // Of activations the first example is kept.
      let isActivation = port.name.hasPrefix("activation/")
      results[port.name] = isActivation ? Array(values.prefix(values.count / batch)) : values
    }
    return results
  }

  private func noisyData() throws -> [Float] {
    let inputs = try inputs()
    let (x, z) = (try reference.floats("in/x"), try reference.floats("in/z"))
    let size = x.count / batch
    return x.indices.map { index in
      let factor = inputs[ProgramInput.meanFactor]?[index / size] ?? 1
      return factor * x[index]
        + (inputs[ProgramInput.standardDeviation]?[index / size] ?? 0) * z[index]
    }
  }

  /// Numbers of each example, from the program that evaluates models.
  private func estimates() throws -> [String: [Double]] {
    let program = EvaluationProgram(model.scoreModel, batch: batch).program
    let run = try ProgramRun(program, weights: weights, inputs: inputs())
    return [
      "out/dsm": run["dsm"], "out/trace_JJt": run["trace_JJt"], "out/trace_JJ": run["trace_JJ"],
    ]
  }

  /// The denoising losses, by weight and reduction, and their gradients.
  private func denoising() throws -> [String: [Double]] {
    var results: [String: [Double]] = [:]
    for isWeighted in [false, true] {
      let suffix = isWeighted ? "dsm_weighted" : "dsm"
      guard reference.expects("out/loss_\(suffix)") || reference.expects("grad_\(suffix)/") else {
        continue
      }
      let sum = try train(
        Objective(denoising: DenoisingScoreMatching(reduction: .halfSum, isWeighted: isWeighted)))
      results["out/\(suffix)"] = sum["dsm_examples"]
      results["out/loss_\(suffix)"] = sum["loss"]
      results.add(sum.gradients(under: "grad_\(suffix)/"))
      guard reference.expects("out/loss_\(suffix)_mean") else { continue }
      let mean = try train(
        Objective(denoising: DenoisingScoreMatching(reduction: .mean, isWeighted: isWeighted)))
      results["out/loss_\(suffix)_mean"] = mean["loss"]
    }
    return results
  }

  /// The loss with the penalty in the paper's form, and the penalty alone.
  private func regularized() throws -> [String: [Double]] {
    let total = try train(
      Objective(
        denoising: DenoisingScoreMatching(),
        penalty: QuasiConservative(estimator: .paper, strength: strength)))
    var results = [
      "out/loss_total": total["loss"], "out/loss_reg": total["regularizer"],
      "out/reg": total["regularizer_examples"],
    ]
    results.add(total.gradients(under: "grad_total/"))
    guard reference.expects("grad_reg/") else { return results }
    let alone = try train(
      Objective(denoising: nil, penalty: QuasiConservative(estimator: .paper, strength: 1)))
    results.add(alone.gradients(under: "grad_reg/"))
    return results
  }

  private func train(_ objective: Objective) throws -> TrainingRun {
    try TrainingRun(
      model.scoreModel, objective: objective, batch: batch, weights: weights, inputs: inputs())
  }
}
