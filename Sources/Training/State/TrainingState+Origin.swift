public import Checkpoints
public import Foundation
public import MPI

extension TrainingState {
  /// Continues from the newest intact checkpoint of a run.
  ///
  /// Every rank must call this.
  ///
  /// - Parameters:
  ///   - store: The checkpoints of the run.
  ///   - communicator: The ranks of the run.
  /// - Returns: A warning for each damaged checkpoint that was passed over, and a line for what the
  ///   one used lacks; nil if there is none.
  /// - Throws: `CheckpointError` on all ranks if no checkpoint is intact or the newest intact one
  ///   does not fit, `MPIError`.
  public func restore(
    from store: CheckpointStore, over communicator: Communicator
  ) throws -> [String]? {
    guard
      let restored = try store.restore(into: buffers, table: layout.table, over: communicator)
    else { return nil }
    counters = TrainingCounters(restored.progress)
    if !restored.absentBuffers.isEmpty { outer?.momentum.clear() }
    return restored.warnings
      + restored.absentBuffers.map { "the checkpoint has no \($0), which starts at 0" }
  }

  /// Starts a new run from the state of another one: weights, average and moments.
  ///
  /// Steps and examples count from zero, so that warm-up runs again, while Adam's bias correction
  /// and the ramp of the average go on, as in the paper's schedule (Chao et al. 2023, the authors'
  /// code). Every rank must call this.
  ///
  /// - Parameters:
  ///   - store: The checkpoints of the other run.
  ///   - communicator: The ranks of the new run.
  /// - Returns: A warning for each damaged checkpoint that was passed over.
  /// - Throws: `CheckpointError` on all ranks if there is no intact checkpoint or it belongs to
  ///   another model, `MPIError`.
  public func adopt(
    from store: CheckpointStore, over communicator: Communicator
  ) throws -> [String] {
    guard let warnings = try restore(from: store, over: communicator) else {
      throw CheckpointError.failedOnRanks(
        Array(0..<communicator.size), size: communicator.size,
        first: .missing(path: store.folder.path, expected: "a checkpoint to start from"))
    }
    counters.step = 0
    counters.examples = 0
    counters.consecutiveNonfinite = 0
    return warnings
  }

  /// Starts a new run from a file of weights alone, which become the average too.
  ///
  /// - Parameter file: A safetensors file with the names of the network.
  /// - Throws: `CheckpointError` if the file is damaged or belongs to another model.
  public func adopt(weightsOf file: URL) throws(CheckpointError) {
    // Exports of the reference implementation carry a constant that no network reads.
    try WeightsFile.read(
      from: file, into: parameters.values, table: layout.table, allowing: ["sigmas"])
    average.copy(from: parameters)
    firstMoments.clear()
    secondMoments.clear()
    outer?.momentum.clear()
    counters = TrainingCounters()
  }
}
