import Autodiff
import Evaluation
import Execution
import Networks
import RunConfiguration
import Scores
import Training

/// The one-layer autoencoder and its first steps of training.
///
/// See Chao et al. 2023, section 6.
struct AutoencoderCase {
  private let reference: ReferenceCase
  private let model: ScoreModel
  private let weights: ModelWeights
  private let points: [Float]
  private let batch: Int

  init(_ reference: ReferenceCase) throws {
    self.reference = reference
    let shape = try reference.shape("in/points")
    guard shape.count == 2, shape[1] >= 1 else {
      throw reference.damage(found: "shape \(shape) of in/points", expected: "[N, D]")
    }
    let isSwish = reference.has("param/Sig.beta")
    let network = Autoencoder(dimension: shape[1], activation: isSwish ? .swish : .sigmoid)
    model = ScoreModel(network: network, conversion: .direct)
    weights = try reference.weights(of: network)
    points = try reference.floats("in/points")
    batch = shape[0]
  }

  // The field ignores the noise level; with none, the penalty has the weight 1.
  private var inputs: [String: [Float]] {
    let ones = [Float](repeating: 1, count: batch)
    return [
      ProgramInput.data: points,
      ProgramInput.noise: [Float](repeating: 0, count: points.count),
      ProgramInput.meanFactor: ones, ProgramInput.standardDeviation: ones,
      ProgramInput.condition: ones,
    ]
  }

  func results() throws -> [String: [Double]] {
    let score = try ProgramRun(
      ScoreProgram(model, batch: batch).program, weights: weights, inputs: inputs)
    let traces = try ProgramRun(
      EvaluationProgram(model, batch: batch, isExact: true).program, weights: weights,
      inputs: inputs)
    let step = try TrainingRun(
      model, objective: Self.objective, batch: batch, weights: weights, inputs: inputs)
    var results = [
      "out/score": score["score"], "out/trace_JJt": traces["trace_JJt"],
      "out/trace_JJ": traces["trace_JJ"], "out/reg": step["loss"],
    ]
    results.add(step.gradients(under: "grad/"))
    results.add(try weightAsymmetry())
    results.add(try training())
    return results
  }

  private static let objective = Objective(
    denoising: nil, penalty: QuasiConservative(estimator: .exact, strength: 1))

  /// How far the weights are from those of a conservative field and of a tied autoencoder.
  ///
  /// The field is conservative if and only if `W R^T` is symmetric; a tied one has R = W.
  private func weightAsymmetry() throws -> [String: [Double]] {
    let decoder = try reference.doubles("param/R.weight")
    let encoder = try reference.doubles("param/Wt.weight")
    let size = model.network.exampleShape[0]
    func product(_ row: Int, _ column: Int) -> Double {
      (0..<size).reduce(0) { $0 + encoder[$1 * size + row] * decoder[column * size + $1] }
    }
    var (asymmetry, distance) = (0.0, 0.0)
    for row in 0..<size {
      for column in 0..<size {
        let difference = product(row, column) - product(column, row)
        asymmetry += 0.5 * difference * difference
        let gap = decoder[row * size + column] - encoder[column * size + row]
        distance += gap * gap
      }
    }
    return [
      "out/sym_diff": [asymmetry.squareRoot()], "out/weight_diff": [distance.squareRoot()],
    ]
  }

  /// The penalty before each of the first optimizer steps, and the weights after them.
  private func training() throws -> [String: [Double]] {
    let configuration = reference.configuration
    var settings = OptimizerSettings()
    settings.learningRate = try configuration.number("lr", default: 1e-4)
    settings.clipNorm = try configuration.number("grad_clip", default: 1)
    settings.warmupSteps = 0
    let optimizer = Optimizer(settings, averaging: EMASettings())

    let parameters = model.network.parameters
    let state = TrainingState(ParameterLayout(parameters))
    var bindings = state.bindings(to: state.parameters)
    for parameter in parameters {
      let range = state.layout.range(of: parameter)
      bindings[TrainingProgram.gradientName(of: parameter)] = state.gradients[range]
      _ = state.parameters[range].update(
        fromContentsOf: try reference.floats("param/\(parameter.name)"))
    }
    let program = TrainingProgram(
      model, objective: Self.objective, batch: batch, globalBatch: batch)
    let executable = try Executable(program.program, external: bindings)
    for (name, values) in inputs where executable.hasInput(name) {
      executable.setInput(name, to: values)
    }
    var curve: [Double] = []
    for _ in 0..<(try configuration.integer("steps")) {
      try executable.run()
      curve.append(Double(executable.result("loss")[0]))
      optimizer.update(state, gradientNorm: Optimizer.gradientNorm(of: state))
      state.counters.step += 1
    }
    var results = ["out/curve": curve]
    for parameter in parameters {
      results["after/\(parameter.name)"] =
        state.parameters[state.layout.range(of: parameter)].map(Double.init)
    }
    return results
  }
}
