import MPI
import Testing

/// The same laws with whole messages and with messages of at most 7 elements, which take the
/// paths of counts that MPI cannot express.
private let limits = [Int.max, 7, 1]

extension RankTests {
  @Suite struct CollectiveTests {
    private func world(_ limit: Int) throws -> Communicator {
      let world = try RankTests.world()
      return limit == Int.max ? world : world.splittingMessages(at: limit)
    }

    /// Block sizes that differ from rank to rank; rank 0 has none.
    private func blockCounts(_ size: Int) -> [Int] {
      (0..<size).map { $0 * 9 }
    }

    @Test(arguments: limits) func broadcastCopiesTheBufferOfAnyRoot(limit: Int) throws {
      let world = try world(limit)
      for root in 0..<world.size {
        var values = (0..<23).map { Double($0 * (world.rank + 1)) }
        try values.withUnsafeMutableBufferPointer { try world.broadcast($0, root: root) }
        #expect(values == (0..<23).map { Double($0 * (root + 1)) })
      }
    }

    @Test(arguments: limits) func broadcastArrayTakesTheLengthOfTheRoot(limit: Int) throws {
      let world = try world(limit)
      let root = world.size - 1
      for length in [0, 1, 7, 30] {
        let sent = (0..<length).map { UInt8($0) }
        var bytes = world.rank == root ? sent : [UInt8](repeating: 200, count: world.rank)
        try world.broadcast(&bytes, root: root)
        #expect(bytes == sent)
      }
      #expect(try world.broadcast("rank \(world.rank): \u{3c3}", root: root) == "rank \(root): σ")
      #expect(try world.broadcast(UInt64(world.rank), root: root) == UInt64(root))
    }

    @Test(arguments: limits) func allReduceSumsInPlaceAndOutOfPlace(limit: Int) throws {
      let world = try world(limit)
      let operand = (0..<30).map { Float($0 + world.rank) }
      let ranks = world.size
      let expected = (0..<30).map { Float($0 * ranks + ranks * (ranks - 1) / 2) }

      var inPlace = operand
      try world.allReduce(&inPlace, by: .sum)
      #expect(inPlace == expected)

      var outOfPlace = [Float](repeating: -1, count: 30)
      try operand.withUnsafeBufferPointer { input in
        try outOfPlace.withUnsafeMutableBufferPointer {
          try world.allReduce(input, into: $0, by: .sum)
        }
      }
      #expect(outOfPlace == expected)
    }

    @Test(arguments: limits) func reduceLeavesTheResultOnTheRoot(limit: Int) throws {
      let world = try world(limit)
      let root = world.size / 2
      let operand = (0..<15).map { Int32($0 + world.rank) }
      var result = [Int32](repeating: -1, count: 15)
      try operand.withUnsafeBufferPointer { input in
        try result.withUnsafeMutableBufferPointer {
          try world.reduce(input, into: $0, by: .maximum, root: root)
        }
      }
      let expected = (0..<15).map { Int32($0 + world.size - 1) }
      #expect(result == (world.rank == root ? expected : [Int32](repeating: -1, count: 15)))
    }

    @Test(arguments: limits) func reduceScatterLeavesEqualBlocks(limit: Int) throws {
      let world = try world(limit)
      let ranks = world.size
      let operand = (0..<(11 * ranks)).map { Float($0 + 1000 * world.rank) }
      var block = [Float](repeating: -1, count: 11)
      try operand.withUnsafeBufferPointer { input in
        try block.withUnsafeMutableBufferPointer {
          try world.reduceScatter(input, into: $0, by: .sum)
        }
      }
      let offset = Float(1000 * ranks * (ranks - 1) / 2)
      #expect(block == (0..<11).map { Float(ranks * (11 * world.rank + $0)) + offset })
    }

    @Test(arguments: limits) func reduceScatterLeavesBlocksOfGivenSizes(limit: Int) throws {
      let world = try world(limit)
      let counts = blockCounts(world.size)
      let start = counts[..<world.rank].reduce(0, +)
      let operand = (0..<counts.reduce(0, +)).map { Int64($0 * (world.rank + 1)) }
      var block = [Int64](repeating: -1, count: counts[world.rank])
      try operand.withUnsafeBufferPointer { input in
        try block.withUnsafeMutableBufferPointer {
          try world.reduceScatter(input, counts: counts, into: $0, by: .sum)
        }
      }
      let weight = world.size * (world.size + 1) / 2
      #expect(block == block.indices.map { Int64((start + $0) * weight) })
    }

    @Test(arguments: limits) func allGatherJoinsBlocksInRankOrder(limit: Int) throws {
      let world = try world(limit)
      let block = (0..<9).map { UInt32(100 * world.rank + $0) }
      var joined = [UInt32](repeating: 0, count: 9 * world.size)
      try block.withUnsafeBufferPointer { input in
        try joined.withUnsafeMutableBufferPointer { try world.allGather(input, into: $0) }
      }
      #expect(
        joined == (0..<world.size).flatMap { rank in (0..<9).map { UInt32(100 * rank + $0) } })
    }

    @Test(arguments: limits) func allGatherVCompletesABufferInPlace(limit: Int) throws {
      let world = try world(limit)
      let counts = blockCounts(world.size)
      let start = counts[..<world.rank].reduce(0, +)
      var buffer = [Double](repeating: -1, count: counts.reduce(0, +))
      for index in start..<(start + counts[world.rank]) { buffer[index] = Double(index) / 2 }
      try buffer.withUnsafeMutableBufferPointer {
        try world.allGatherV(inPlace: $0, counts: counts)
      }
      #expect(buffer == buffer.indices.map { Double($0) / 2 })
    }

    @Test(arguments: limits) func arraysOfAnyLengthAreGathered(limit: Int) throws {
      let world = try world(limit)
      let mine = [Float](repeating: Float(world.rank), count: 9 * world.rank)
      let all = (0..<world.size).map { [Float](repeating: Float($0), count: 9 * $0) }
      #expect(try world.allGather(mine) == all)
      for root in 0..<world.size {
        #expect(try world.gather(mine, root: root) == (world.rank == root ? all : nil))
      }
    }

    @Test(arguments: limits) func gatherJoinsEqualBlocksOnTheRoot(limit: Int) throws {
      let world = try world(limit)
      let root = world.size - 1
      let block = (0..<8).map { Int32(10 * world.rank + $0) }
      var joined = [Int32](repeating: -1, count: world.rank == root ? 8 * world.size : 0)
      try block.withUnsafeBufferPointer { input in
        try joined.withUnsafeMutableBufferPointer {
          try world.gather(input, into: $0, root: root)
        }
      }
      let expected = (0..<world.size).flatMap { rank in (0..<8).map { Int32(10 * rank + $0) } }
      #expect(joined == (world.rank == root ? expected : []))
    }

    @Test func textsAreGatheredWithTheirLengths() throws {
      let world = try RankTests.world()
      let mine = String(repeating: "é", count: world.rank)
      let all = (0..<world.size).map { String(repeating: "é", count: $0) }
      #expect(try world.allGatherStrings(mine) == all)
      #expect(try world.gatherStrings(mine) == (world.rank == 0 ? all : nil))
      let ranks = (0..<world.size).map { UInt8($0) }
      #expect(try world.gather(UInt8(world.rank)) == (world.rank == 0 ? ranks : nil))
    }
  }
}
