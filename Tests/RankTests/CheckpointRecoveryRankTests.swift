import Checkpoints
import Foundation
import MPI
import Testing

extension RankTests {
  /// What is restored after damage, after a save that did not end, and after another session.
  @Suite struct CheckpointRecoveryRankTests {
    let world: Communicator
    let run: SharedRun

    init() throws {
      world = try RankTests.world()
      run = try SharedRun(over: world)
    }

    @Test func damageMakesAllRanksFallBackToTheSameCheckpoint() throws {
      for step in 1...4 { try RankState.original.save(step: step, in: run.store, over: world) }
      let ranks = "0000\(world.size)"
      let last = "shard-0000\(world.size - 1)-of-\(ranks).safetensors"
      try run.onRankZero {
        let truncated = run.file(last, ofStep: "000000004")
        try Data(contentsOf: truncated).dropLast(4).write(to: truncated)
      }
      try run.expectRestored(step: 3, warnings: 1, mentioning: "step-000000004/\(last) is damaged")
      try run.onRankZero {
        try FileManager.default.copyItem(
          at: run.file(last, ofStep: "000000003"),
          to: run.file("shard-00099-of-00100.safetensors", ofStep: "000000003"))
      }
      try run.expectRestored(step: 2, warnings: 2, mentioning: "damaged")
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
      try run.expectRestored(step: 2, warnings: 2, mentioning: "is damaged")
      try run.onRankZero {
        try FileManager.default.removeItem(
          at: run.file("manifest.json", ofStep: "000000002"))
      }
      try run.expectRestored(step: 1, warnings: 3)
      try run.onRankZero {
        try FileManager.default.removeItem(at: run.file(last, ofStep: "000000001"))
      }
      let error = #expect(throws: CheckpointError.self) { try run.restored(over: world) }
      #expect(error?.description.contains("at least one intact checkpoint") ?? false)
    }

    @Test func aSaveThatWasKilledLeavesTheOneBefore() throws {
      try RankState.original.save(step: 1, in: run.store, over: world)
      // The session ends after this rank's shard and before the manifest.
      let draft = try run.store.begin(
        RankState.progress(step: 2), bufferNames: ["parameters", "ema"], table: RankState.table,
        over: world)
      if world.rank == world.size - 1 { _ = try draft.writeShard(RankState.original.buffers) }
      try run.expectRestored(step: 1)

      let notices = try run.store.prepare(over: world)
      #expect(notices.count == (world.rank == 0 ? 1 : 0))
      #expect(notices.allSatisfy { $0.contains("step-000000002.partial is removed") })
      #expect(try run.store.completeSteps() == [1])
      try world.barrier()
      try RankState.original.save(step: 2, in: run.store, over: world)
      try run.expectRestored(step: 2)
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
      try run.expectRestored(step: 1)
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
      try run.expectRestored(step: 1)
    }
  }
}
