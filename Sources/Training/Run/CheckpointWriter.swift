import Checkpoints
import Dispatch
import MPI
import Synchronization
import Telemetry

/// Writes checkpoints beside training, one at a time.
///
/// A save copies this rank's part of the state; a thread that never calls MPI writes the copy while
/// steps go on. Once the shards of all ranks are written, the ranks commit them together.
final class CheckpointWriter {
  /// Where the work is recorded, nil for nowhere.
  var trace: TraceRecorder?

  private let store: CheckpointStore
  private let policy: RetentionPolicy
  private let communicator: Communicator
  private let queue = DispatchQueue(label: "checkpoint")
  private let outcome = ShardOutcome()
  private let retentionWarnings = Warnings()
  private var copies: [FlatBuffer] = []
  private var draft: CheckpointDraft?
  private var begin = ContinuousClock.now

  init(_ store: CheckpointStore, keeping policy: RetentionPolicy, over communicator: Communicator) {
    self.store = store
    self.policy = policy
    self.communicator = communicator
  }

  /// Whether a checkpoint has begun and is not committed.
  var isUnderWay: Bool { draft != nil }

  /// Whether this rank's shard of the checkpoint under way is written, or has failed.
  var isShardWritten: Bool { isUnderWay && outcome.value != nil }

  /// Copies the state and begins to write it; every rank must call this.
  ///
  /// - Throws: `CheckpointError` on all ranks if the folder cannot be made, `MPIError`.
  func start(_ state: TrainingState, seed: UInt64, notes: [String: String]) throws {
    precondition(!isUnderWay, "one checkpoint at a time")
    begin = .now
    // The new checkpoint needs the room of old ones that are still being deleted.
    queue.sync {}
    try trace.measure("begin checkpoint", on: .inputOutput) {
      let sources = state.buffers
      let draft = try store.begin(
        state.counters.progress(seed: seed, notes: notes), bufferNames: sources.map(\.name),
        table: state.layout.table, range: state.rangeToSave, over: communicator)
      if copies.isEmpty { copies = sources.map { _ in FlatBuffer(count: draft.range.count) } }
      for (copy, source) in zip(copies, sources) {
        let first = draft.range.lowerBound - source.start
        _ = copy.values.update(
          fromContentsOf: source.values[first..<first + draft.range.count])
      }
      // The copies stay untouched until the shard is written and committed.
      let buffers = zip(copies, sources).map {
        StateBuffer(name: $1.name, values: $0.values, start: draft.range.lowerBound)
      }
      write(buffers, of: draft)
    }
  }

  private func write(_ buffers: [StateBuffer], of draft: CheckpointDraft) {
    outcome.value = nil
    self.draft = draft
    queue.async { [outcome, trace] in
      do throws(CheckpointError) {
        outcome.value = .success(
          try trace.measure("write shard", on: .background) { () throws(CheckpointError) in
            try draft.writeShard(buffers)
          })
      } catch {
        outcome.value = .failure(error)
      }
    }
  }

  /// Waits for the shard and makes the checkpoint visible; every rank must call this.
  ///
  /// - Returns: Its step, the seconds since it began, and a warning for each old checkpoint that
  ///   could not be deleted after the commit before.
  /// - Throws: `CheckpointError` on all ranks if any rank could not write, `MPIError`.
  func commit() throws -> (step: Int, seconds: Double, warnings: [String])? {
    guard let draft else { return nil }
    let warnings = try trace.measure("commit checkpoint", on: .inputOutput) {
      queue.sync {}
      guard let shard = outcome.value else { preconditionFailure("a shard without an outcome") }
      self.draft = nil
      _ = try store.commit(draft, shard: shard, over: communicator)
      return retentionWarnings.take()
    }
    deleteExpendable(since: draft.progress.step)
    return (draft.progress.step, (ContinuousClock.now - begin) / .seconds(1), warnings)
  }

  /// Waits until old checkpoints are deleted.
  ///
  /// - Returns: On rank 0 a warning for each that could not be.
  func finishDeleting() -> [String] {
    queue.sync {}
    return retentionWarnings.take()
  }

  // Reading the new checkpoint back before an old one goes takes as long as writing it.
  private func deleteExpendable(since step: Int) {
    guard communicator.rank == 0 else { return }
    queue.async { [store, policy, trace, retentionWarnings] in
      trace.measure("delete old checkpoints", on: .background) {
        retentionWarnings.add(store.deleteExpendable(by: policy, committed: step))
      }
    }
  }
}

/// What the writing thread leaves for the training thread.
private final class ShardOutcome: Sendable {
  private let result = Mutex<Result<CheckpointManifest.Shard, CheckpointError>?>(nil)

  var value: Result<CheckpointManifest.Shard, CheckpointError>? {
    get { result.withLock { $0 } }
    set { result.withLock { $0 = newValue } }
  }
}

/// Lines that one thread leaves for another.
private final class Warnings: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ more: [String]) {
    lines.withLock { $0 += more }
  }

  /// Hands over the lines and forgets them.
  func take() -> [String] {
    lines.withLock { lines in
      defer { lines = [] }
      return lines
    }
  }
}
