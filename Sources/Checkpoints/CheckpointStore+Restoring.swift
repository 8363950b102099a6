public import MPI

/// A training state that has been read from a checkpoint.
public struct RestoredCheckpoint: Sendable, Equatable {
  /// How far the run was, and how it was set up.
  public let progress: TrainingProgress

  /// A line for each newer checkpoint that is damaged and was passed over.
  public let warnings: [String]

  /// The names of optional buffers that it lacks, whose memory is as it was.
  public let absentBuffers: [String]
}

extension CheckpointStore {
  /// Fills the state from the newest intact checkpoint, whatever number of ranks wrote it.
  ///
  /// The checksums of all shards are verified first, each shard by one rank. A damaged checkpoint
  /// is passed over with a warning; one that belongs to another model is an error. Every rank must
  /// call this; all get the same result.
  ///
  /// - Parameters:
  ///   - buffers: Receive the values: whole flat buffers, or the parts that this rank holds.
  ///   - table: The tensors of the program.
  ///   - communicator: The ranks of the run.
  /// - Returns: The progress and warnings, `nil` if the run has no checkpoint yet.
  /// - Throws: ``CheckpointError/failedOnRanks(_:size:first:)`` on all ranks if no checkpoint is
  ///   intact, the newest intact one does not fit, or files cannot be accessed; `MPIError`.
  public func restore(
    into buffers: [StateBuffer], table: TensorTable, over communicator: Communicator
  ) throws -> RestoredCheckpoint? {
    // One rank's list for all: with a stale view of the folder another rank might see fewer.
    let steps = try communicator.fromRankZero { () throws(CheckpointError) in
      try committedSteps()
    }
    var warnings: [String] = []
    for step in steps.reversed() {
      do {
        let checkpoint = try verified(step: step, over: communicator)
        try communicator.agree { () throws(CheckpointError) in
          try checkpoint.read(into: buffers, table: table)
        }
        return RestoredCheckpoint(
          progress: checkpoint.manifest.progress, warnings: warnings,
          absentBuffers: checkpoint.absentBuffers(of: buffers))
      } catch let error as CheckpointError {
        try Self.note(error, ofStep: step, in: &warnings)
      }
    }
    guard warnings.isEmpty else { throw noneIntact(warnings) }
    return nil
  }

  /// Opens a checkpoint and checks each shard on one of the ranks.
  private func verified(step: Int, over communicator: Communicator) throws -> Checkpoint {
    try communicator.agree { () throws(CheckpointError) in
      let checkpoint = try checkpoint(ofStep: step)
      if communicator.rank == 0, let stray = checkpoint.strayShards().first { throw stray.problem }
      let shards = checkpoint.manifest.shards.indices
      for index in stride(from: communicator.rank, to: shards.upperBound, by: communicator.size) {
        if let problem = checkpoint.problem(inShard: index) { throw problem }
      }
      return checkpoint
    }
  }
}
