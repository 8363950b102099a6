import MPI
import Testing

extension RankTests {
  @Suite struct SixteenBitFloatTests {
    /// Every bfloat16 and its neighbours half a step and a little away.
    private func probes(_ wide: Float, _ next: Float) -> [Float] {
      let middle = wide + (next - wide) / 2
      return [wide, middle.nextDown, middle, middle.nextUp]
    }

    @Test func everyBitPatternSurvivesTheWayThroughFloat() {
      for bits in UInt16.min...UInt16.max {
        let brain = BFloat16Bits(bitPattern: bits)
        let half = Float16Bits(bitPattern: bits)
        if brain.float.isNaN {
          #expect(BFloat16Bits(brain.float).float.isNaN)
        } else {
          #expect(BFloat16Bits(brain.float) == brain)
        }
        if half.float.isNaN {
          #expect(Float16Bits(half.float).float.isNaN)
        } else {
          #expect(Float16Bits(half.float) == half)
        }
      }
    }

    @Test func bfloat16RoundsToNearestAndTiesToEven() {
      for bits in UInt16(0)..<0x7f7f {
        let low = Float(bitPattern: UInt32(bits) << 16)
        let high = Float(bitPattern: UInt32(bits + 1) << 16)
        let even = bits & 1 == 0 ? bits : bits + 1
        let rounded = probes(low, high).map { BFloat16Bits($0).bitPattern }
        #expect(rounded == [bits, bits, even, bits + 1])
        #expect(BFloat16Bits(-high).bitPattern == 0x8000 | (bits + 1))
      }
    }

    @Test func float16RoundsToNearestAndTiesToEven() {
      for bits in UInt16(0)..<0x7bff {
        let low = Float16Bits(bitPattern: bits).float
        let high = Float16Bits(bitPattern: bits + 1).float
        let even = bits & 1 == 0 ? bits : bits + 1
        let rounded = probes(low, high).map { Float16Bits($0).bitPattern }
        #expect(rounded == [bits, bits, even, bits + 1])
        #expect(Float16Bits(-high).bitPattern == 0x8000 | (bits + 1))
      }
    }

    /// From `numpy.float16(value).view(numpy.uint16)`.
    static let valuesAndBits: [(Float, UInt16)] = [
      (1, 0x3c00), (-2, 0xc000), (65504, 0x7bff), (65519, 0x7bff), (65520, 0x7c00),
      (-.infinity, 0xfc00), (0.1, 0x2e66), (6e-8, 0x0001), (2e-8, 0x0000), (-0.0, 0x8000),
      (6.1e-5, 0x03ff), (3.14159265, 0x4248),
    ]

    @Test(arguments: valuesAndBits)
    func float16AgreesWithNumPy(value: Float, bits: UInt16) {
      #expect(Float16Bits(value).bitPattern == bits)
    }

    @Test func buffersConvertLikeSingleNumbers() {
      let values: [Float] = [0.1, -3.7, 1e-7, 70000, 0, 12.34]
      var narrow = [Float16Bits](repeating: .init(bitPattern: 0), count: values.count)
      var wide = [Float](repeating: -1, count: values.count)
      values.withUnsafeBufferPointer { input in
        narrow.withUnsafeMutableBufferPointer { Float16Bits.narrow(input, into: $0) }
      }
      narrow.withUnsafeBufferPointer { input in
        wide.withUnsafeMutableBufferPointer { Float16Bits.widen(input, into: $0) }
      }
      #expect(narrow == values.map { Float16Bits($0) })
      #expect(wide == narrow.map(\.float))
    }

    @Test func sumsOverRanksRoundInFloat() throws {
      let world = try RankTests.world()
      // 256 + 1 is a tie in bfloat16 and goes to the even 256, whatever the order of two ranks;
      // 256 + 3 is a tie that goes up to 260.
      let operands: [[Float]] = [[256, 256, 0.5], [1, 3, 0.25], [0, 0, 0], [0, 0, 0]]
      var sums = operands[world.rank % 4].map { BFloat16Bits($0) }
      try world.allReduce(&sums, by: .sum)
      let expected: [Float] = world.size == 1 ? [256, 256, 0.5] : [256, 260, 0.75]
      #expect(sums.map(\.float) == expected)
    }

    @Test func longSixteenBitBuffersReduceLikeShortOnes() throws {
      let world = try RankTests.world()
      let count = 5000
      var sums = (0..<count).map { Float16Bits(Float($0 % 100)) }
      try world.allReduce(&sums, by: .sum)
      #expect(sums.map(\.float) == (0..<count).map { Float($0 % 100 * world.size) })
    }
  }
}
