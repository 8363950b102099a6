import MPI
import Testing

extension RankTests {
  @Suite struct ReductionOperationTests {
    /// What `operation` makes of one operand from each rank, found without MPI.
    private func folded(
      _ operands: [Int64], by operation: ReductionOperation
    ) -> Int64 {
      operands.dropFirst().reduce(operands[0]) { left, right in
        switch operation {
        case .sum: left + right
        case .product: left * right
        case .maximum: max(left, right)
        case .minimum: min(left, right)
        case .logicalAnd: left != 0 && right != 0 ? 1 : 0
        case .logicalOr: left != 0 || right != 0 ? 1 : 0
        case .bitwiseAnd: left & right
        case .bitwiseOr: left | right
        case .bitwiseXor: left ^ right
        }
      }
    }

    @Test(arguments: ReductionOperation.allCases)
    func integersReduceAsAFoldOverTheRanks(operation: ReductionOperation) throws {
      let world = try RankTests.world()
      for base in [Int64(0), 1, 5] {
        let operands = (0..<world.size).map { base + Int64($0) }
        // One rank alone keeps its operand, truth value or not.
        let result = try world.allReduce(operands[world.rank], by: operation)
        #expect(result == folded(operands, by: operation))
      }
    }

    @Test func everyKindOfNumberIsSummed() throws {
      let world = try RankTests.world()
      let sum = world.size * (world.size + 1) / 2
      let rank = world.rank + 1
      #expect(try world.allReduce(Float(rank), by: .sum) == Float(sum))
      #expect(try world.allReduce(Double(rank), by: .sum) == Double(sum))
      #expect(try world.allReduce(Int32(rank), by: .sum) == Int32(sum))
      #expect(try world.allReduce(Int64(rank) << 40, by: .sum) == Int64(sum) << 40)
      #expect(try world.allReduce(UInt8(rank), by: .sum) == UInt8(sum))
      #expect(try world.allReduce(UInt32(rank) << 28, by: .sum) == UInt32(sum) << 28)
      #expect(
        try world.allReduce(UInt64(rank) << 60, by: .sum) == UInt64(truncatingIfNeeded: sum) << 60)
      #expect(try world.allReduce(BFloat16Bits(Float(rank)), by: .sum).float == Float(sum))
      #expect(try world.allReduce(Float16Bits(Float(rank)), by: .sum).float == Float(sum))
    }

    @Test func flagsOfOneRankReachAll() throws {
      let world = try RankTests.world()
      let isLast = world.rank == world.size - 1
      #expect(try world.anyRank(isLast))
      #expect(try !world.anyRank(false))
      #expect(try world.everyRank(isLast) == (world.size == 1))
      #expect(try world.everyRank(true))
    }

    @Test func aNotANumberOfOneRankReachesAll() throws {
      let world = try RankTests.world()
      let isLast = world.rank == world.size - 1
      let value: Float = isLast ? .nan : 1
      #expect(try world.allReduce(value, by: .sum).isNaN)
      for operation in [ReductionOperation.sum, .maximum, .minimum] {
        #expect(try world.allReduce(BFloat16Bits(value), by: operation).float.isNaN)
        #expect(try world.allReduce(Float16Bits(value), by: operation).float.isNaN)
      }
    }
  }
}
