import MPI
import Testing

extension RankTests {
  @Suite struct CallHistoryTests {
    private func calls(on communicator: Communicator) -> [CallHistory.Call] {
      CallHistory.process.calls.filter { $0.communicator == communicator.name }
    }

    @Test func collectivesAreNumberedAlikeOnAllRanks() throws {
      let world = try RankTests.world().duplicate(named: "numbered")
      // Messages between two ranks must not shift the numbers.
      if world.rank == 0, world.size > 1 { try world.send([Int32(1)], to: 1) }
      if world.rank == 1 { _ = try world.receive(arrayOf: Int32.self, from: 0) }
      try world.barrier()
      _ = try world.allReduce(Double(world.rank), by: .sum)
      let collectives = calls(on: world).filter { $0.number > 0 }
      let begun = CallHistory.process.collectives[world.name]
      #expect(collectives.map(\.operation) == ["MPI_Barrier", "MPI_Allreduce"])
      #expect(collectives.map(\.number) == [1, 2])
      #expect(collectives.last?.elements == 1 && collectives.last?.kind == .float64)
      #expect(collectives.allSatisfy { $0.end ?? $0.begin > $0.begin })
      #expect(begun == 2)
      try world.free()
      #expect(CallHistory.process.collectives["numbered"] == nil)
    }

    @Test func startedCallsAreOpenUntilTheyAreComplete() throws {
      let world = try RankTests.world().duplicate(named: "open")
      var values = [Float](repeating: 1, count: 100)
      try values.withUnsafeMutableBufferPointer { buffer in
        var pending = try world.startAllReduce(buffer, by: .sum)
        let open = calls(on: world)
        #expect(open.map(\.operation) == ["MPI_Iallreduce"])
        #expect(open.last?.end == nil && open.last?.elements == 100)
        try pending.wait()
      }
      #expect(calls(on: world).map(\.operation) == ["MPI_Iallreduce", "MPI_Wait"])
      #expect(calls(on: world).allSatisfy { $0.end != nil })
      try world.free()
    }

    @Test func onlyTheLastCallsAreRemembered() throws {
      let world = try RankTests.world().duplicate(named: "many")
      for _ in 0..<(CallHistory.capacity + 10) { try world.barrier() }
      let calls = CallHistory.process.calls
      let last = calls.last
      #expect(calls.count == CallHistory.capacity)
      #expect(last?.number == CallHistory.capacity + 10)
      try world.free()
    }

    @Test func namesThatAreTakenGetANumber() throws {
      let world = try RankTests.world()
      let pair = [try world.duplicate(named: "twin"), try world.duplicate(named: "twin")]
      #expect(pair.map(\.name) == ["twin", "twin 2"])
      for communicator in pair { try communicator.free() }
    }
  }
}
