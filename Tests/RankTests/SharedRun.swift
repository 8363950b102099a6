import Checkpoints
import Foundation
import MPI
import Testing

/// A run folder that all ranks of a test share; rank 0 removes it.
final class SharedRun {
  let url: URL
  let world: Communicator
  var store: CheckpointStore { CheckpointStore(runFolder: url) }

  init(over world: Communicator) throws {
    self.world = world
    let name = try world.broadcast("helmholtz-ranks-\(UUID().uuidString)")
    url = FileManager.default.temporaryDirectory.appending(path: name)
  }

  deinit {
    if world.rank == 0 { try? FileManager.default.removeItem(at: url) }
  }

  /// The address of a file of a checkpoint.
  func file(_ name: String, ofStep step: String) -> URL {
    store.folder.appending(path: "step-\(step)").appending(path: name)
  }

  /// Lets rank 0 change files while the others wait.
  func onRankZero(_ change: () throws -> Void) throws {
    let result = Result { if world.rank == 0 { try change() } }
    try world.barrier()
    try result.get()
  }

  /// What the ranks of a communicator restore; all of them must call this.
  func restored(over communicator: Communicator) throws -> (
    state: RankState, found: RestoredCheckpoint?
  ) {
    let state = RankState(filledWith: -1)
    let found = try store.restore(into: state.buffers, table: RankState.table, over: communicator)
    return (state, found)
  }

  /// Every rank restores; the checkpoint found must be that of `step` with what was saved.
  func expectRestored(
    step: Int, warnings: Int = 0, mentioning text: String = "step",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (state, found) = try restored(over: world)
    #expect(found?.progress == RankState.progress(step: step), sourceLocation: sourceLocation)
    #expect(state.contents == RankState.original.contents, sourceLocation: sourceLocation)
    #expect(found?.warnings.count == warnings, sourceLocation: sourceLocation)
    #expect(
      found?.warnings.allSatisfy { $0.contains(text) } ?? false, sourceLocation: sourceLocation)
  }
}
