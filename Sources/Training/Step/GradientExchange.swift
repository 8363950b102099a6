import CVectorKernels
import MPI
import RunConfiguration
import Telemetry

/// How the ranks make one run of the gradients that each of them computes.
///
/// A step goes through the requirements in their order, on every rank.
protocol GradientExchange: AnyObject {
  /// Adds up gradients while the program that computes them runs; nil if each rank keeps its own.
  var reducer: GradientReducer? { get }

  /// Plans how the gradients of a program travel, once.
  func prepare(_ program: GradientProgram)

  /// Begins a step's run of a program.
  func begin(_ program: GradientProgram)

  /// Waits for weights that a step of the program needs; called before each step of the first
  /// micro-batch, and once more after the last one.
  ///
  /// - Parameter steps: The number of the program's steps that are done.
  /// - Throws: `MPIError`.
  func awaitWeights(beforeStep steps: Int) throws

  /// Lets gradients that are complete travel; called between the program's steps.
  ///
  /// - Parameters:
  ///   - gradients: The gradients of this rank.
  ///   - steps: The number of steps that are done of the last micro-batch.
  /// - Throws: `MPIError`.
  func advance(_ gradients: UnsafeMutableBufferPointer<Float>, afterSteps steps: Int) throws

  /// The program has ended, be it by an error.
  func endProgram()

  /// Waits for the sums of gradients that this rank needs to make its update.
  ///
  /// - Parameter gradients: The gradients of this rank, complete, and then their sums.
  /// - Throws: `MPIError`.
  func finish(_ gradients: UnsafeMutableBufferPointer<Float>) throws

  /// This rank's summand of the squared norm of the step's gradient.
  ///
  /// What clips or shows the norm is the root of the sum over all ranks, so that copies of the
  /// weights cannot drift apart.
  func squaredNorm() -> Double

  /// Updates weights, moments and average; not called in a step whose numbers are not finite.
  ///
  /// - Parameters:
  ///   - norm: The norm of the step's gradient.
  ///   - replicas: Threads that share the work.
  /// - Throws: `MPIError`.
  func update(gradientNorm norm: Double, by replicas: ReplicaGroup) throws

  /// Ends the step, whether or not there was an update.
  ///
  /// - Parameters:
  ///   - step: The number of the step.
  ///   - isLast: Whether the run ends with it.
  /// - Returns: Whether all ranks have the same weights now, so that checkpoints make sense.
  /// - Throws: `MPIError`.
  func end(step: Int, isLast: Bool) throws -> Bool

  /// Completes the update where a part of it was left to the next step; only then may anything but
  /// that step use weights, moments and average.
  ///
  /// - Throws: `MPIError`.
  func settle() throws

  /// Bytes of gradients, weights and moments that this rank has handed to MPI in the step.
  var exchangedBytes: Int { get }

  /// Where the work is recorded, nil for nowhere.
  var trace: TraceRecorder? { get set }
}

extension GradientExchange {
  func prepare(_ program: GradientProgram) {
    program.bucketOrder = reducer?.order(for: program.completions)
  }

  func begin(_ program: GradientProgram) {}

  func awaitWeights(beforeStep steps: Int) throws {}

  func advance(_ gradients: UnsafeMutableBufferPointer<Float>, afterSteps steps: Int) throws {
    try reducer?.advance(gradients, afterSteps: steps)
  }

  func endProgram() { reducer?.endProgram() }

  func finish(_ gradients: UnsafeMutableBufferPointer<Float>) throws {
    try reducer?.finish(gradients)
  }

  func settle() throws {}

  func end(step: Int, isLast: Bool) throws -> Bool { true }
}

extension RunSettings {
  /// The exchange that the settings ask for; every rank must call this.
  ///
  /// - Parameters:
  ///   - state: The state that steps change.
  ///   - plan: The split of the global batch.
  ///   - communicator: The ranks of the run.
  /// - Returns: The exchange.
  /// - Throws: `MPIError`.
  func gradientExchange(
    _ state: TrainingState, plan: BatchPlan, over communicator: Communicator
  ) throws -> any GradientExchange {
    let optimizer = Optimizer(optimizer, averaging: ema)
    if dataParallel.hasLocalSteps {
      return try LocalSteps(self, optimizer, state, over: communicator)
    }
    if dataParallel.mode == .sharded {
      return try ShardedOptimizer(self, optimizer, state, over: communicator)
    }
    if overlapsNextStep(in: plan) {
      return try PipelinedGradients(self, optimizer, state, over: communicator)
    }
    return try AllReducedGradients(self, optimizer, state, over: communicator)
  }
}

extension TrainingState {
  /// The sum of squares of some gradients, accumulated in double precision.
  func squaredGradientNorm(of range: Range<Int>) -> Double {
    hk_sum_squares(gradients[range].baseAddress, range.count)
  }
}
