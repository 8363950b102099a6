import Autodiff
import CVectorKernels
import Execution
import Networks
import RunConfiguration
import Scores
import Telemetry

/// A compiled program of one micro-batch, bound to a state's weights and gradients.
final class GradientProgram {
  let executable: Executable
  /// The inputs to fill before a run.
  let batch: MicroBatch
  /// In which order gradients are added up over the ranks.
  var bucketOrder: BucketOrder?

  private let state: TrainingState
  /// Where the steps of the program are recorded, nil for nowhere.
  var trace: TraceRecorder? {
    didSet { executable.stepObserver = trace?.recordExecuted }
  }

  /// The factor lambda of the penalty, nil without one.
  let penaltyStrength: Double?

  // Where the program writes, if several micro-batches are added up.
  private let part: FlatBuffer?

  /// Compiles a training program of a run.
  ///
  /// - Parameters:
  ///   - objective: What the model is trained on.
  ///   - model: The model that is trained.
  ///   - plan: The split of the global batch.
  ///   - state: The weights that are read, and the gradients that are written.
  ///   - other: A program of the same run, to share the memory in which gradients are added up.
  ///   - options: Backends and algorithms for the program.
  /// - Throws: An error of a numerical library or of settings that do not fit.
  init(
    _ objective: Objective, model: ScoreModel, plan: BatchPlan, state: TrainingState,
    sharingWith other: GradientProgram? = nil, options: (Program) throws -> CompileOptions
  ) throws {
    let training = TrainingProgram(
      model, objective: objective, batch: plan.microBatch, globalBatch: plan.globalBatch)
    let part =
      plan.accumulation > 1
      ? other?.part ?? FlatBuffer(count: state.layout.trainableExtent) : nil
    let target = part ?? state.gradients
    var bindings = state.bindings(to: state.parameters)
    for parameter in model.network.trainableParameters {
      bindings[TrainingProgram.gradientName(of: parameter)] =
        target[state.layout.range(of: parameter)]
    }
    let executable = try Executable(
      training.program, options: options(training.program), external: bindings)
    self.executable = executable
    self.state = state
    penaltyStrength = objective.penalty.map { Double($0.strength) }
    self.part = part
    batch = MicroBatch(count: plan.microBatch, probes: objective.penalty?.probeCount ?? 0) {
      executable.hasInput($0) ? executable.input($0) : nil
    }
  }

  /// Computes the gradients of the micro-batch and adds them to the state's.
  ///
  /// - Parameters:
  ///   - isFirst: Whether it is the first of its step, whose gradients replace the old ones.
  ///   - interlude: Called after each step of the program with the number of those done.
  /// - Returns: The sums of the loss terms over the examples; that of the penalty is estimated if
  ///   only a part of them has it.
  /// - Throws: An error of a numerical library, or of the interlude.
  func run(
    isFirst: Bool, interlude: (Int) throws -> Void
  ) throws -> (denoising: Double, penalty: Double) {
    try executable.run(interlude: interlude)
    if let part {
      if isFirst {
        state.gradients.copy(from: part)
      } else {
        hk_add_scaled(
          state.gradients.values.baseAddress, part.values.baseAddress, part.count, 1)
      }
    }
    return (sum("dsm_examples"), penaltyStrength == nil ? 0 : sum("regularizer_examples"))
  }

  /// After how many steps of the program each gradient is complete in the state's buffer.
  var completions: [(part: Range<Int>, steps: Int)] {
    state.layout.parameters.filter(\.isTrainable).map { parameter in
      // Sums over several micro-batches are formed after the program.
      let name = TrainingProgram.gradientName(of: parameter)
      return (
        state.layout.range(of: parameter), part == nil ? executable.completion(of: name) : Int.max
      )
    }
  }

  /// Bytes of intermediate tensors and of what kernels need beside them.
  var workBytes: Int { executable.arenaBytes + executable.scratchBytes }

  private func sum(_ name: String) -> Double {
    let values = executable.result(name)
    return values.reduce(0) { $0 + Double($1) } * (Double(batch.count) / Double(values.count))
  }
}

extension TraceRecorder {
  /// Records a step of a compiled program.
  fileprivate func recordExecuted(_ step: ExecutedStep) {
    record(
      step.kind, on: .compute, from: step.begin, to: step.end,
      details: [
        ("detail", .string(step.detail)), ("bytes", .integer(step.byteCount)),
        ("operations", .integer(step.floatingPointOperations)),
      ])
  }
}
