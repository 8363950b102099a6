import MPI
import Testing

extension RankTests {
  @Suite struct PendingOperationTests {
    @Test(arguments: [Int.max, 7]) func startedReductionGivesTheSumOfTheRanks(limit: Int) throws {
      let world =
        try limit == Int.max
        ? RankTests.world() : RankTests.world().splittingMessages(at: limit)
      var values = (0..<40).map { Float($0 * (world.rank + 1)) }
      try values.withUnsafeMutableBufferPointer { buffer in
        var pending = try world.startAllReduce(buffer, by: .sum)
        try pending.wait()
        #expect(try pending.test())
      }
      let weight = world.size * (world.size + 1) / 2
      #expect(values == (0..<40).map { Float($0 * weight) })
    }

    @Test func bucketsAreReducedTogetherByPolling() throws {
      let world = try RankTests.world()
      var gradients = [Float](repeating: Float(world.rank), count: 40_000)
      try gradients.withUnsafeMutableBufferPointer { buffer in
        var pending = PendingOperation()
        for start in stride(from: 0, to: buffer.count, by: 10_000) {
          let bucket = UnsafeMutableBufferPointer(rebasing: buffer[start..<(start + 10_000)])
          pending.merge(try world.startAllReduce(bucket, by: .sum))
        }
        while try !pending.test() {}
      }
      let sum = Float(world.size * (world.size - 1) / 2)
      #expect(gradients.allSatisfy { $0 == sum })
    }

    @Test func nothingStartedIsComplete() throws {
      var pending = PendingOperation()
      #expect(try pending.test())
      try pending.wait()
    }

    @Test func droppedReductionIsCompleteAllTheSame() throws {
      let world = try RankTests.world()
      var values = [Int32](repeating: 1, count: 100)
      try values.withUnsafeMutableBufferPointer { buffer in
        _ = try world.startAllReduce(buffer, by: .sum)
      }
      #expect(values == [Int32](repeating: Int32(world.size), count: 100))
    }

    @Test func barrierIsCompleteOnlyWhenEveryRankHasStartedIt() throws {
      let world = try RankTests.world()
      let isLast = world.rank == world.size - 1
      var barrier = isLast ? PendingOperation() : try world.startBarrier()
      // The last rank takes part only after the others have seen the barrier closed.
      let isClosed = try isLast || !barrier.test()
      let wasClosed = try RankTests.second().everyRank(isClosed)
      if isLast { barrier = try world.startBarrier() }
      try barrier.wait()
      #expect(wasClosed)
    }

    @Test(arguments: [Int.max, 7]) func startedBroadcastCopiesTheRoot(limit: Int) throws {
      let world =
        try limit == Int.max
        ? RankTests.world() : RankTests.world().splittingMessages(at: limit)
      let root = world.size - 1
      var values = (0..<20).map { UInt64($0 + 50 * world.rank) }
      try values.withUnsafeMutableBufferPointer { buffer in
        var pending = try world.startBroadcast(buffer, root: root)
        try pending.wait()
      }
      #expect(values == (0..<20).map { UInt64($0 + 50 * root) })
    }
  }
}
