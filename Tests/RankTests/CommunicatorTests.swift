import MPI
import Testing

extension RankTests {
  @Suite struct CommunicatorTests {
    @Test func ranksNumberTheProcesses() throws {
      let world = try RankTests.world()
      #expect(try world.allGather(Int64(world.rank)) == (0..<world.size).map { Int64($0) })
    }

    @Test func splitGroupsRanksOfOneColor() throws {
      let world = try RankTests.world()
      let half = try world.split(color: world.rank % 2)
      let members = (0..<world.size).filter { $0 % 2 == world.rank % 2 }
      #expect(try half.allGather(Int32(world.rank)) == members.map { Int32($0) })
      #expect(half.size == members.count)
      try half.free()
    }

    @Test func splitOrdersRanksByKey() throws {
      let world = try RankTests.world()
      let reversed = try world.split(color: 0, key: -world.rank)
      #expect(reversed.rank == world.size - 1 - world.rank)
      #expect(
        try reversed.allGather(Int32(world.rank)) == (0..<world.size).reversed().map { Int32($0) })
      try reversed.free()
    }

    @Test func sharedMemoryGroupHoldsTheRanksOfThisMachine() throws {
      let world = try RankTests.world()
      let node = try world.splitShared()
      let names = try node.allGatherStrings(try MPIEnvironment.start().processorName)
      #expect(Set(names).count == 1)
      #expect(try world.allReduce(Int32(node.rank == 0 ? node.size : 0), by: .sum) == world.size)
      try node.free()
    }

    @Test func duplicateHasMessagesOfItsOwn() throws {
      let world = try RankTests.world()
      let other = try world.duplicate()
      var inWorld: Float = 1
      var inOther: Float = 2
      try withUnsafePointer(to: &inWorld) { world in
        try withUnsafePointer(to: &inOther) { second in
          try exchange(world, second, on: RankTests.world(), and: other)
        }
      }
      try other.free()
    }

    // Both messages have the same sender and tag; the later one is received first.
    private func exchange(
      _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, on world: Communicator,
      and other: Communicator
    ) throws {
      let next = (world.rank + 1) % world.size
      let previous = (world.rank + world.size - 1) % world.size
      var sending = try world.startSend(.init(start: first, count: 1), to: next)
      sending.merge(try other.startSend(.init(start: second, count: 1), to: next))
      #expect(try other.receive(arrayOf: Float.self, from: previous).values == [2])
      #expect(try world.receive(arrayOf: Float.self, from: previous).values == [1])
      try sending.wait()
    }

    @Test func barrierHoldsUntilEveryRankHasCome() throws {
      let world = try RankTests.world()
      var arrivals = [Int32](repeating: 0, count: 3)
      for round in arrivals.indices {
        try world.barrier()
        arrivals[round] = try world.allReduce(1, by: .sum)
      }
      #expect(arrivals == [Int32](repeating: Int32(world.size), count: 3))
    }
  }
}
