import Autodiff
public import Execution
public import Networks
public import Scores

/// Training of a small network on one batch that never changes, in one process.
///
/// It has no data order, no noise of its own and no communication, so that thousands of steps of a
/// toy take seconds. Ranks may train networks of different seeds side by side.
public final class FixedBatchTraining {
  /// Weights, moments and counters; they may be set from outside between steps.
  public let state: TrainingState

  private let executable: Executable
  private let optimizer: Optimizer

  /// Compiles the step.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - objective: What it is trained on; its schedule is not used.
  ///   - batch: The number of examples.
  ///   - inputs: The inputs of `TrainingProgram` by name; those that it does not read are left out.
  ///   - optimizer: Makes the updates.
  ///   - options: Backends and algorithms.
  /// - Throws: An error of a numerical library.
  public init(
    _ model: ScoreModel, objective: Objective, batch: Int, inputs: [String: [Float]],
    optimizer: Optimizer, options: CompileOptions = CompileOptions()
  ) throws {
    let state = TrainingState(ParameterLayout(model.network.parameters))
    var bindings = state.bindings(to: state.parameters)
    for parameter in state.layout.parameters where parameter.isTrainable {
      bindings[TrainingProgram.gradientName(of: parameter)] =
        state.gradients[state.layout.range(of: parameter)]
    }
    let program = TrainingProgram(model, objective: objective, batch: batch, globalBatch: batch)
    executable = try Executable(program.program, options: options, external: bindings)
    for (name, values) in inputs where executable.hasInput(name) {
      executable.setInput(name, to: values)
    }
    self.state = state
    self.optimizer = optimizer
  }

  /// Begins a run with given weights.
  ///
  /// - Parameter weights: The values of a parameter, row-major, from it and its place in the
  ///   network's list.
  /// - Throws: What the closure throws.
  public func begin(_ weights: (Parameter, Int) throws -> [Float]) rethrows {
    for (index, parameter) in state.layout.parameters.enumerated() {
      _ = state.parameters[state.layout.range(of: parameter)].update(
        fromContentsOf: try weights(parameter, index))
    }
    state.average.copy(from: state.parameters)
    state.firstMoments.clear()
    state.secondMoments.clear()
    state.counters = TrainingCounters()
  }

  /// Begins a run with random weights.
  ///
  /// - Parameter seed: The seed of the run.
  public func begin(seed: UInt64) {
    begin { parameter, index in parameter.initialValues(seed: seed, index: index) }
  }

  /// Computes the loss and its gradients without an update.
  ///
  /// - Returns: The loss of the present weights.
  /// - Throws: An error of a numerical library.
  public func measure() throws -> Double {
    try executable.run()
    return Double(executable.result("loss")[0])
  }

  /// Makes a step.
  ///
  /// - Returns: The loss before the update.
  /// - Throws: An error of a numerical library.
  public func step() throws -> Double {
    let loss = try measure()
    optimizer.update(state, gradientNorm: Optimizer.gradientNorm(of: state))
    state.counters.step += 1
    return loss
  }

  /// The present values of a parameter, row-major.
  public func values(of parameter: Parameter) -> [Double] {
    state.parameters[state.layout.range(of: parameter)].map(Double.init)
  }
}
