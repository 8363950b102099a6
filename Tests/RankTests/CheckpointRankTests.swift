import Checkpoints
import Foundation
import MPI
import Testing

extension RankTests {
  @Suite struct CheckpointRankTests {
    let world: Communicator
    let run: SharedRun

    init() throws {
      world = try RankTests.world()
      run = try SharedRun(over: world)
    }

    /// Runs work on the first ranks with a communicator of their own; all ranks must call this.
    private func onFirst(_ count: Int, _ work: (Communicator) throws -> Void) throws {
      let group = try world.split(color: world.rank < count ? 0 : 1)
      let result = Result { if world.rank < count { try work(group) } }
      try world.barrier()
      try group.free()
      try result.get()
    }

    @Test func checkpointOfAnyRanksIsRestoredByAll() throws {
      for count in 1...world.size {
        try onFirst(count) { try RankState.original.save(step: count, in: run.store, over: $0) }
        try run.expectRestored(step: count)
        #expect(try shardSums(step: count).count == count)
      }
    }

    @Test func reshardingThereAndBackIsTheIdentity() throws {
      for (writers, others) in [(1, world.size), (world.size, 1), ((world.size + 1) / 2, 2)] {
        let others = min(others, world.size)
        try onFirst(writers) { try RankState.original.save(step: 1, in: run.store, over: $0) }
        let first = try shardSums(step: 1)
        try onFirst(others) { group in
          try run.restored(over: group).state.save(step: 1, in: run.store, over: group)
        }
        try onFirst(writers) { group in
          try run.restored(over: group).state.save(step: 1, in: run.store, over: group)
        }
        #expect(try shardSums(step: 1) == first)
      }
    }

    private func shardSums(step: Int) throws -> [String] {
      let result = Result { try run.store.checkpoint(ofStep: step).manifest.shards }
      // No rank may replace or remove what another one is still reading.
      try world.barrier()
      return try result.get().map { "\($0.file) \($0.crc32c)" }
    }

    @Test func aShardedStateIsWrittenAndReadByParts() throws {
      // Uneven parts: rank r of n ends at 80 (r + 1)^2 / n^2.
      let bounds = (0...world.size).map { 80 * $0 * $0 / (world.size * world.size) }
      let mine = bounds[world.rank]..<bounds[world.rank + 1]
      _ = try run.store.save(
        RankState.progress(step: 5), buffers: RankState.original.part(mine), table: RankState.table,
        range: mine, over: world)
      try run.expectRestored(step: 5)

      let other = RankState.table.evenRange(ofRank: world.rank, of: world.size)
      let part = RankState(filledWith: -1)
      let found = try run.store.restore(
        into: part.part(other), table: RankState.table, over: world)
      #expect(found?.progress.step == 5)
      let expected = RankState.original
      for slice in RankState.table.slices {
        for index in slice.range {
          let value = other.contains(index) ? expected.buffers[1].values[index] : -1
          #expect(part.buffers[1].values[index] == value)
        }
      }
    }

    @Test func anUnwritableFolderIsNamedOnAllRanks() throws {
      let store = CheckpointStore(runFolder: URL(filePath: "/proc/version/run"))
      let error = #expect(throws: CheckpointError.self) {
        try RankState.original.save(step: 1, in: store, over: world)
      }
      guard case .failedOnRanks([0], _, .inaccessible(let path, _, let reason))? = error else {
        Issue.record("unexpected \(String(describing: error))")
        return
      }
      #expect(path.hasPrefix("/proc/version/run/checkpoints"))
      #expect(reason == "Not a directory")
    }

    @Test func anotherModelIsRefusedOnAllRanks() throws {
      try RankState.original.save(step: 1, in: run.store, over: world)
      let table = TensorTable([TensorSlice(name: "weight", shape: [80], offset: 0)])
      let error = #expect(throws: CheckpointError.self) {
        try run.store.restore(into: RankState.original.buffers, table: table, over: world)
      }
      #expect(
        error?.description.contains("tensor weight: found no such tensor, expected shape [80]")
          ?? false)
    }

    @Test func aFreshRunHasNothingToRestore() throws {
      #expect(try run.store.prepare(over: world) == [])
      #expect(try run.restored(over: world).found == nil)
    }

    @Test func retentionActsAfterTheCommit() throws {
      for step in 1...4 {
        let warnings = try run.store.save(
          RankState.progress(step: step), buffers: RankState.original.buffers,
          table: RankState.table,
          keeping: RetentionPolicy(keepLast: 2), over: world)
        #expect(warnings == [])
      }
      try world.barrier()
      let steps = Result { try run.store.completeSteps() }
      try world.barrier()
      #expect(try steps.get() == [3, 4])
    }

    @Test func ranksThatCannotSeeTheFolderAreNamed() throws {
      try SharedFolder.require(run.url, over: world)
      let left = try FileManager.default.contentsOfDirectory(atPath: run.url.path)
      #expect(left == [])
      try world.barrier()
      // As on nodes without a common disk, the same path is another folder on other ranks.
      let mine = world.rank == 0 ? run.url : run.url.appending(path: "local")
      let others = Array(1..<max(world.size, 1))
      let error: CheckpointError? =
        others.isEmpty
        ? nil
        : #expect(throws: CheckpointError.self) {
          try SharedFolder.require(mine, over: world, patience: .milliseconds(100))
        }
      if !others.isEmpty {
        #expect(error == .notShared(path: mine.path, ranks: others, size: world.size))
        #expect(error?.description.contains("of \(world.size) cannot see") ?? false)
      }
      try world.barrier()
    }
  }
}
