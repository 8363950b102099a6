import MPI
import Testing

extension RankTests {
  /// Failures that MPI finds before it communicates, so that all ranks see them alike.
  @Suite struct MPIErrorTests {
    private func failure(_ body: () throws -> Void) throws -> MPIError {
      try #require(throws: MPIError.self, performing: body)
    }

    @Test func rootOutsideTheGroupIsThrown() throws {
      let world = try RankTests.world()
      let error = try failure { _ = try world.broadcast(Int32(1), root: world.size) }
      #expect(error.operation == "MPI_Bcast")
      #expect(error.errorClass == .root)
      #expect(error.text.contains("MPI_ERR_ROOT"))
      #expect(error.description.hasPrefix("MPI_Bcast failed: MPI_ERR_ROOT"))
    }

    @Test func receiverOutsideTheGroupIsThrown() throws {
      let world = try RankTests.world()
      for destination in [world.size, -7, Int.max] {
        let error = try failure { try world.send([Float(1)], to: destination) }
        #expect(error.errorClass == .rank)
      }
    }

    @Test func negativeTagIsThrown() throws {
      let world = try RankTests.world()
      let error = try failure { try world.send([Float(1)], to: 0, tag: -5) }
      #expect(error.errorClass == .tag)
    }

    @Test func reductionThatAKindDoesNotHaveIsThrown() throws {
      let world = try RankTests.world()
      let bits = try failure { _ = try world.allReduce(Float(1), by: .bitwiseAnd) }
      #expect(bits.errorClass == .operation)
      let product = try failure { _ = try world.allReduce(BFloat16Bits(1), by: .product) }
      #expect(product.errorClass == .operation)
    }

    @Test func messageLongerThanTheBufferIsThrown() throws {
      let world = try RankTests.world()
      let values = [Float](repeating: 1, count: 5)
      try values.withUnsafeBufferPointer { buffer in
        var sending = try world.startSend(buffer, to: (world.rank + 1) % world.size, tag: 9)
        var room = [Float](repeating: 0, count: 3)
        let error = try failure {
          try room.withUnsafeMutableBufferPointer {
            _ = try world.receive(into: $0, tag: 9)
          }
        }
        try sending.wait()
        #expect(error.errorClass == .truncated)
        #expect(error.operation == "MPI_Recv")
      }
    }

    @Test func worldCannotBeFreed() throws {
      let world = try MPIEnvironment.start().world
      let error = try failure { try world.free() }
      #expect(error.operation == "MPI_Comm_free")
      #expect(try world.allReduce(Int32(1), by: .sum) == Int32(world.size))
    }

    @Test func derivedCommunicatorsThrowAsWell() throws {
      let half = try RankTests.world().split(color: 0)
      let error = try failure { _ = try half.broadcast(Int32(1), root: -1) }
      #expect(error.errorClass == .root)
      try half.free()
    }
  }
}
