import Autodiff
import Execution
import Networks
import Scores
import TestSupport

/// A training program whose inputs are bound to a case of the reference data.
struct ReferenceLoss {
  let reference: ReferenceCase
  let program: Program
  let inputs: [String: [Double]]
  private let parameters: [Parameter]

  /// Builds the program of all examples of a case.
  init(
    _ reference: ReferenceCase, _ model: ScoreModel, _ objective: Objective, sde: any SDE,
    condition: NoiseCondition, smallestTime: Double
  ) throws {
    self.reference = reference
    let times = try reference.doubles("in/uniform").map {
      $0 * (1 - smallestTime) + smallestTime
    }
    var inputs = try reference.tensors(under: "param/")
    inputs["x"] = try reference.doubles("in/x")
    inputs["z"] = try reference.doubles("in/z")
    inputs["v0"] = try reference.doubles("in/v")
    inputs["mean_factor"] = times.map(sde.meanFactor)
    inputs["std"] = times.map(sde.std)
    inputs["noise"] = times.map { condition.value(at: $0, of: sde) }
    inputs["weight"] = times.map(sde.likelihoodWeight)
    self.inputs = inputs
    parameters = model.network.trainableParameters
    program =
      TrainingProgram(model, objective: objective, batch: times.count, globalBatch: times.count)
      .program
  }

  /// The results in double precision.
  func results() throws -> [String: [Double]] {
    try ReferenceEvaluator(inputs).evaluate(program)
  }

  /// The results in single precision, from the executor.
  func executedResults(_ options: CompileOptions = CompileOptions()) throws -> [String: [Double]] {
    let executable = try Executable(program, options: options)
    for port in program.inputs {
      executable.setInput(port.name, to: (inputs[port.name] ?? []).map(Float.init))
    }
    try executable.run()
    return Dictionary(
      uniqueKeysWithValues: program.results.map {
        ($0.name, executable.result($0.name).map(Double.init))
      })
  }

  /// What is further from the reference than its tolerance, one line for each tensor.
  func discrepancies(
    _ results: [String: [Double]], losses: [String: String], gradients prefix: String
  ) throws -> [String] {
    var expected = losses
    for parameter in parameters {
      expected[TrainingProgram.gradientName(of: parameter)] = "\(prefix)/\(parameter.name)"
    }
    return try expected.sorted { $0.key < $1.key }.compactMap { result, tensor in
      let error = try reference.relativeError(of: results[result] ?? [], against: tensor)
      return error <= 1 ? nil : "\(result): \(error) tolerances from \(tensor)"
    }
  }
}
