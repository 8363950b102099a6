import Autodiff
import Evaluation
import Execution
import Networks
import Scores

/// One run of a compiled program in single precision, with the default backend.
struct ProgramRun {
  private let executable: Executable
  // The program reads the weights where they lie.
  private let weights: ModelWeights

  /// Compiles a program and runs it on inputs; those that it does not read are left out.
  init(_ program: Program, weights: ModelWeights, inputs: [String: [Float]]) throws {
    self.weights = weights
    executable = try Executable(program, external: weights.values)
    for (name, values) in inputs where executable.hasInput(name) {
      executable.setInput(name, to: values)
    }
    try executable.run()
  }

  subscript(name: String) -> [Double] { executable.result(name).map(Double.init) }

  /// The results of a name, or nothing if the program has none such.
  func result(_ name: String) -> [Double]? {
    executable.program.results.contains { $0.name == name } ? self[name] : nil
  }
}

/// A training step's losses and gradients on a batch of a reference case.
struct TrainingRun {
  private let run: ProgramRun
  private let parameters: [Parameter]

  init(
    _ model: ScoreModel, objective: Objective, batch: Int, weights: ModelWeights,
    inputs: [String: [Float]]
  ) throws {
    let training = TrainingProgram(
      model, objective: objective, batch: batch, globalBatch: batch)
    run = try ProgramRun(training.program, weights: weights, inputs: inputs)
    parameters = model.network.trainableParameters
  }

  subscript(name: String) -> [Double] { run[name] }

  /// The gradient of the loss by each trained parameter, under names that start with `prefix`.
  func gradients(under prefix: String) -> [String: [Double]] {
    Dictionary(
      uniqueKeysWithValues: parameters.map {
        (prefix + $0.name, run[TrainingProgram.gradientName(of: $0)])
      })
  }
}

extension [String: [Double]] {
  /// Adds results of other names.
  mutating func add(_ others: [String: [Double]]) { merge(others) { $1 } }
}
