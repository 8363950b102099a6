public import MPI

extension CheckpointStore {
  /// Prepares the folder of a store at the start of a session.
  ///
  /// Checks that all ranks see the folder; rank 0 then clears up what a killed session left over.
  /// Every rank must call this, before any checkpoint is written.
  ///
  /// - Parameter communicator: The ranks of the run.
  /// - Returns: On rank 0 a line for each left-over folder, nothing on others.
  /// - Throws: ``CheckpointError`` if the folder cannot be written or is not shared, `MPIError`.
  public func prepare(over communicator: Communicator) throws -> [String] {
    try SharedFolder.require(folder, over: communicator)
    let notices = communicator.rank == 0 ? removeLeftovers() : []
    try communicator.barrier()
    return notices
  }

  /// Starts a checkpoint that readers will not see before it is committed.
  ///
  /// Every rank must call this. Between this and `commit` each rank calls
  /// ``CheckpointDraft/writeShard(_:)``, which may run on another thread beside training; there must
  /// be one draft at a time.
  ///
  /// - Parameters:
  ///   - progress: How far the run is; rank 0's is written.
  ///   - bufferNames: The names of the flat buffers.
  ///   - table: The tensors in each of them.
  ///   - range: The part that this rank writes; the parts of all ranks cover the buffers in the
  ///     order of the ranks. By default all parts are equally long.
  ///   - communicator: The ranks of the run.
  /// - Returns: The draft, in which each rank writes its shard.
  /// - Throws: ``CheckpointError/failedOnRanks(_:size:first:)`` on all ranks if rank 0 cannot
  ///   create the folder or another session has taken over the run, `MPIError`.
  public func begin(
    _ progress: TrainingProgress, bufferNames: [String], table: TensorTable,
    range: Range<Int>? = nil, over communicator: Communicator
  ) throws -> CheckpointDraft {
    let draft = CheckpointDraft(
      store: self, progress: progress, table: table, bufferNames: bufferNames,
      rank: communicator.rank, size: communicator.size,
      range: range ?? table.evenRange(ofRank: communicator.rank, of: communicator.size))
    do {
      try communicator.agree { () throws(CheckpointError) in
        if communicator.rank == 0 { try draft.prepareFolder() }
      }
    } catch {
      if communicator.rank == 0 { draft.discard(after: error) }
      throw error
    }
    return draft
  }

  /// Makes a checkpoint visible once all ranks have written their shards, or drops it.
  ///
  /// Every rank must call this, with the outcome of its ``CheckpointDraft/writeShard(_:)`` whatever
  /// that was. If any rank failed, all ranks throw the same error, and earlier checkpoints are
  /// untouched.
  ///
  /// - Parameters:
  ///   - draft: The draft that was begun.
  ///   - shard: What this rank has written, or why it could not.
  ///   - policy: Which older checkpoints stay, `nil` for all. They go after the commit.
  ///   - communicator: The ranks that began the draft.
  /// - Returns: On rank 0 a warning for each old checkpoint that could not be deleted.
  /// - Throws: ``CheckpointError/failedOnRanks(_:size:first:)`` on all ranks, `MPIError`.
  public func commit(
    _ draft: CheckpointDraft, shard: Result<CheckpointManifest.Shard, CheckpointError>,
    keeping policy: RetentionPolicy? = nil, over communicator: Communicator
  ) throws -> [String] {
    do {
      let shards = try gather(communicator.agree(on: unlessSuperseded(shard)), over: communicator)
      try communicator.agree { () throws(CheckpointError) in
        if communicator.rank == 0 { try draft.publish(shards) }
      }
    } catch {
      if communicator.rank == 0 { draft.discard(after: error) }
      throw error
    }
    guard communicator.rank == 0, let policy else { return [] }
    return deleteExpendable(by: policy, committed: draft.progress.step)
  }

  /// Writes a checkpoint of the state and waits until it is complete.
  ///
  /// Every rank must call this.
  ///
  /// - Parameters:
  ///   - progress: How far the run is; rank 0's is written.
  ///   - buffers: The flat buffers; each must hold at least the rank's range.
  ///   - table: The tensors in each of them.
  ///   - range: The part that this rank writes, by default an equal one.
  ///   - policy: Which older checkpoints stay, `nil` for all.
  ///   - communicator: The ranks of the run.
  /// - Returns: On rank 0 a warning for each old checkpoint that could not be deleted.
  /// - Throws: ``CheckpointError/failedOnRanks(_:size:first:)`` on all ranks, with the path and the
  ///   system's reason, `MPIError`.
  public func save(
    _ progress: TrainingProgress, buffers: [StateBuffer], table: TensorTable,
    range: Range<Int>? = nil, keeping policy: RetentionPolicy? = nil,
    over communicator: Communicator
  ) throws -> [String] {
    let draft = try begin(
      progress, bufferNames: buffers.map(\.name), table: table, range: range, over: communicator)
    let shard: Result<CheckpointManifest.Shard, CheckpointError>
    do throws(CheckpointError) {
      shard = .success(try draft.writeShard(buffers))
    } catch {
      shard = .failure(error)
    }
    return try commit(draft, shard: shard, keeping: policy, over: communicator)
  }

  // What another session did to the files is no reason to report.
  private func unlessSuperseded(
    _ shard: Result<CheckpointManifest.Shard, CheckpointError>
  ) -> Result<CheckpointManifest.Shard, CheckpointError> {
    do throws(CheckpointError) {
      try fence?.requireNewest()
      return shard
    } catch {
      return .failure(error)
    }
  }

  private func gather(
    _ shard: CheckpointManifest.Shard, over communicator: Communicator
  ) throws -> [CheckpointManifest.Shard] {
    // Sizes and ranges as numbers; the file name follows from the rank.
    let checksum = Int64(UInt32(shard.crc32c, radix: 16) ?? 0)
    let rows = try communicator.allGather(
      [Int64(shard.bytes), checksum, Int64(shard.start), Int64(shard.end)])
    return rows.enumerated().map { rank, row in
      CheckpointManifest.Shard(
        file: CheckpointManifest.shardName(rank: rank, of: communicator.size),
        bytes: Int(row[0]), crc32c: UInt32(truncatingIfNeeded: row[1]).hexadecimalDigits,
        start: Int(row[2]), end: Int(row[3]))
    }
  }
}
