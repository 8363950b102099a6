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

    private func restored(over communicator: Communicator) throws -> (
      state: RankState, found: RestoredCheckpoint?
    ) {
      let state = RankState(filledWith: -1)
      let found = try run.store.restore(
        into: state.buffers, table: RankState.table, over: communicator)
      return (state, found)
    }

    /// Every rank restores; the checkpoint found must be that of `step` with what was saved.
    private func expectRestored(step: Int, warnings: Int = 0, mentioning text: String = "step")
      throws
    {
      let (state, found) = try restored(over: world)
      #expect(found?.progress == RankState.progress(step: step))
      #expect(state.contents == RankState.original.contents)
      #expect(found?.warnings.count == warnings)
      #expect(found?.warnings.allSatisfy { $0.contains(text) } ?? false)
    }

    @Test func checkpointOfAnyRanksIsRestoredByAll() throws {
      for count in 1...world.size {
        try onFirst(count) { try RankState.original.save(step: count, in: run.store, over: $0) }
        try expectRestored(step: count)
        #expect(try shardSums(step: count).count == count)
      }
    }

    @Test func reshardingThereAndBackIsTheIdentity() throws {
      for (writers, others) in [(1, world.size), (world.size, 1), ((world.size + 1) / 2, 2)] {
        let others = min(others, world.size)
        try onFirst(writers) { try RankState.original.save(step: 1, in: run.store, over: $0) }
        let first = try shardSums(step: 1)
        try onFirst(others) { group in
          try restored(over: group).state.save(step: 1, in: run.store, over: group)
        }
        try onFirst(writers) { group in
          try restored(over: group).state.save(step: 1, in: run.store, over: group)
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
      try expectRestored(step: 5)

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

    @Test func damageMakesAllRanksFallBackToTheSameCheckpoint() throws {
      for step in 1...4 { try RankState.original.save(step: step, in: run.store, over: world) }
      let ranks = "0000\(world.size)"
      let last = "shard-0000\(world.size - 1)-of-\(ranks).safetensors"
      try run.onRankZero {
        let truncated = run.file(last, ofStep: "000000004")
        try Data(contentsOf: truncated).dropLast(4).write(to: truncated)
      }
      try expectRestored(step: 3, warnings: 1, mentioning: "step-000000004/\(last) is damaged")
      try run.onRankZero {
        try FileManager.default.copyItem(
          at: run.file(last, ofStep: "000000003"),
          to: run.file("shard-00099-of-00100.safetensors", ofStep: "000000003"))
      }
      try expectRestored(step: 2, warnings: 2, mentioning: "damaged")
      try run.onRankZero {
        try FileManager.default.removeItem(
          at: run.file("shard-00099-of-00100.safetensors", ofStep: "000000003"))
      }
      try run.onRankZero {
        let flipped = run.file("shard-00000-of-\(ranks).safetensors", ofStep: "000000003")
        var content = try Data(contentsOf: flipped)
        content[content.count - 1] ^= 1
        try content.write(to: flipped)
      }
      try expectRestored(step: 2, warnings: 2, mentioning: "is damaged")
      try run.onRankZero {
        try FileManager.default.removeItem(
          at: run.file("manifest.json", ofStep: "000000002"))
      }
      try expectRestored(step: 1, warnings: 3)
      try run.onRankZero {
        try FileManager.default.removeItem(at: run.file(last, ofStep: "000000001"))
      }
      let error = #expect(throws: CheckpointError.self) { try restored(over: world) }
      #expect(error?.description.contains("at least one intact checkpoint") ?? false)
    }

    @Test func aSaveThatWasKilledLeavesTheOneBefore() throws {
      try RankState.original.save(step: 1, in: run.store, over: world)
      // The session ends after this rank's shard and before the manifest.
      let draft = try run.store.begin(
        RankState.progress(step: 2), bufferNames: ["parameters", "ema"], table: RankState.table,
        over: world)
      if world.rank == world.size - 1 { _ = try draft.writeShard(RankState.original.buffers) }
      try expectRestored(step: 1)

      let notices = try run.store.prepare(over: world)
      #expect(notices.count == (world.rank == 0 ? 1 : 0))
      #expect(notices.allSatisfy { $0.contains("step-000000002.partial is removed") })
      #expect(try run.store.completeSteps() == [1])
      try world.barrier()
      try RankState.original.save(step: 2, in: run.store, over: world)
      try expectRestored(step: 2)
    }

    @Test func aFailureOfOneRankIsThrownOnAll() throws {
      try RankState.original.save(step: 1, in: run.store, over: world)
      let draft = try run.store.begin(
        RankState.progress(step: 2), bufferNames: ["parameters", "ema"], table: RankState.table,
        over: world)
      let full = CheckpointError.inaccessible(
        path: "shard", operation: "write", reason: "No space left on device")
      let last = world.size - 1
      let written = try draft.writeShard(RankState.original.buffers)
      let error = #expect(throws: CheckpointError.self) {
        try run.store.commit(
          draft, shard: world.rank == last ? .failure(full) : .success(written), over: world)
      }
      #expect(error == .failedOnRanks([last], size: world.size, first: full))
      #expect(
        error?.description
          == "rank \(last) of \(world.size): cannot write shard: No space left on device")
      try world.barrier()
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: run.store.folder.path)
          == ["step-000000001"])
      try expectRestored(step: 1)
    }

    @Test func aSessionThatWasTakenOverIsRefusedOnAllRanks() throws {
      var earlier = run.store
      try run.onRankZero {
        try FileManager.default.createDirectory(at: run.url, withIntermediateDirectories: true)
        earlier.fence = try SessionFence(takingOver: run.url)
      }
      try RankState.original.save(step: 1, in: earlier, over: world)
      let draft = try earlier.begin(
        RankState.progress(step: 2), bufferNames: ["parameters", "ema"], table: RankState.table,
        over: world)
      let written = try draft.writeShard(RankState.original.buffers)
      try run.onRankZero { _ = try SessionFence(takingOver: run.url) }
      for attempt in 0..<2 {
        let error = #expect(throws: CheckpointError.self) {
          if attempt == 0 {
            _ = try earlier.commit(draft, shard: .success(written), over: world)
          } else {
            try RankState.original.save(step: 3, in: earlier, over: world)
          }
        }
        guard case .failedOnRanks([0], _, .superseded(_, _, generation: 1))? = error else {
          Issue.record("unexpected \(String(describing: error))")
          return
        }
      }
      try expectRestored(step: 1)
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
      #expect(try restored(over: world).found == nil)
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
