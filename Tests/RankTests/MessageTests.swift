import MPI
import Testing

extension RankTests {
  @Suite struct MessageTests {
    private func ring(_ world: Communicator) -> (next: Int, previous: Int) {
      ((world.rank + 1) % world.size, (world.rank + world.size - 1) % world.size)
    }

    /// Sends `values` to the next rank while `receive` runs.
    private func sending<Scalar: MPIScalar, Result>(
      _ values: [Scalar], tag: Int, on world: Communicator, _ receive: () throws -> Result
    ) throws -> Result {
      try values.withUnsafeBufferPointer { buffer in
        var pending = try world.startSend(buffer, to: ring(world).next, tag: tag)
        let result = try receive()
        try pending.wait()
        return result
      }
    }

    @Test(arguments: [Int.max, 7], [0, 1, 7, 8, 14, 100])
    func arraysOfAnyLengthGoAroundTheRing(limit: Int, length: Int) throws {
      let world =
        try limit == Int.max
        ? RankTests.world() : RankTests.world().splittingMessages(at: limit)
      let previous = ring(world).previous
      let mine = (0..<length).map { Float($0 + 1000 * world.rank) }
      let (values, message) = try sending(mine, tag: 5, on: world) {
        try world.receive(arrayOf: Float.self)
      }
      #expect(values == (0..<length).map { Float($0 + 1000 * previous) })
      #expect(message.source == previous)
      #expect(message.tag == 5)
      #expect(message.count == length)
    }

    @Test(arguments: [Int.max, 7], [0, 7, 20])
    func longerBuffersReceiveShorterMessages(limit: Int, length: Int) throws {
      let world =
        try limit == Int.max
        ? RankTests.world() : RankTests.world().splittingMessages(at: limit)
      let mine = [Int64](repeating: Int64(world.rank), count: length)
      var buffer = [Int64](repeating: -1, count: 25)
      let message = try sending(mine, tag: 1, on: world) {
        try buffer.withUnsafeMutableBufferPointer {
          try world.receive(into: $0, from: ring(world).previous, tag: 1)
        }
      }
      #expect(message.count == length)
      let sent = [Int64](repeating: Int64(ring(world).previous), count: length)
      #expect(buffer == sent + [Int64](repeating: -1, count: 25 - length))
    }

    @Test(arguments: [Int.max, 7], [0, 7, 20])
    func messagesAreReceivedInTheBackground(limit: Int, length: Int) throws {
      let world =
        try limit == Int.max
        ? RankTests.world() : RankTests.world().splittingMessages(at: limit)
      let mine = (0..<length).map { UInt32(100 * world.rank + $0) }
      var buffer = [UInt32](repeating: 0, count: length)
      try buffer.withUnsafeMutableBufferPointer { room in
        var receiving = try world.startReceive(room, from: ring(world).previous, tag: 2)
        try sending(mine, tag: 2, on: world) { try receiving.wait() }
      }
      #expect(buffer == (0..<length).map { UInt32(100 * ring(world).previous + $0) })
    }

    @Test func messagesAreToldApartByTheirTag() throws {
      let world = try RankTests.world()
      let later = try sending([UInt8(1)], tag: 1, on: world) {
        try sending([UInt8(2)], tag: 2, on: world) {
          let second = try world.receive(arrayOf: UInt8.self, tag: 2).values
          return second + (try world.receive(arrayOf: UInt8.self, tag: 1).values)
        }
      }
      #expect(later == [2, 1])
    }

    @Test func probeSaysTheLengthWithoutReceiving() throws {
      let world = try RankTests.world()
      let (probed, values) = try sending([Double](repeating: 2.5, count: 6), tag: 3, on: world) {
        let probed = try world.probe(arrayOf: Double.self, from: ring(world).previous, tag: 3)
        return (probed, try world.receive(arrayOf: Double.self, from: probed.source).values)
      }
      #expect(probed.source == ring(world).previous)
      #expect(probed.tag == 3)
      #expect(probed.count == 6)
      #expect(values == [Double](repeating: 2.5, count: 6))
    }
  }
}
