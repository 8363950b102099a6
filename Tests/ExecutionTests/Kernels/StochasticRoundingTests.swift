import CVectorKernels
import Randomness
import Testing

/// Rounding to bfloat16 whose mean is the number that is rounded.
@Suite struct StochasticRoundingTests {
  private static let stream = RandomStream(seed: 5, purpose: .transport, step: 9, example: 2)

  private func rounded(_ values: [Float], first: Int = 0, of stream: RandomStream = stream)
    -> [UInt16]
  {
    var bits = [UInt16](repeating: 0, count: values.count)
    let (key, counter) = (stream.philoxKey, stream.philoxCounter)
    var words = hk_random_stream(
      key0: key[0], key1: key[1], counter1: counter[0], counter2: counter[1],
      counter3: counter[2])
    hk_pack_bfloat16_stochastic(&bits, values, first, values.count, &words)
    return bits
  }

  private func widened(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  @Test("Each element adds the bits of the stream that its number stands for")
  func bitsAreThoseOfTheStream() {
    let values = RandomStream(seed: 1, purpose: .diagnostics).normal(count: 700)
    for first in [0, 5, 128, 131] {
      let expected = values.enumerated().map { index, value in
        let element = first + index
        let words = Self.stream.words(at: UInt32(element / 128 * 16 + element % 16))
        let bits = words[element / 32 % 4] >> (element / 16 % 2 == 1 ? 16 : 0) & 0xffff
        return UInt16((value.bitPattern + bits) >> 16)
      }
      #expect(rounded(values, first: first) == expected)
    }
  }

  @Test("The mean of many roundings is the number, which no rounding to nearest gives")
  func roundingHasNoBias() {
    let count = 1 << 18
    for value in [Float(1.001), -0.3333, 1.2345e-20, 7.77e18] {
      let bits = rounded([Float](repeating: value, count: count))
      let (low, high) = (
        widened(UInt16(value.bitPattern >> 16)), widened(UInt16(value.bitPattern >> 16) + 1)
      )
      #expect(bits.allSatisfy { [low, high].contains(widened($0)) })
      let mean = bits.reduce(0.0) { $0 + Double(widened($1)) } / Double(count)
      // Of a coin with probability p the mean has the deviation sqrt(p (1 - p) / n).
      let step = Double(high - low)
      let deviation = abs(step) * 0.5 / Double(count).squareRoot()
      #expect(abs(mean - Double(value)) < 5 * deviation, "\(value)")
      #expect(Set(bits).count == 2)
    }
  }

  @Test("The further neighbour comes as often as the number lies towards it")
  func frequenciesFollowTheDistance() {
    let count = 1 << 16
    for fraction in [1, 0x1000, 0x8000, 0xf000] {
      let value = Float(bitPattern: 0x3f80_0000 + UInt32(fraction))
      let up = rounded([Float](repeating: value, count: count)).count { $0 == 0x3f81 }
      let probability = Double(fraction) / 0x10000
      let deviation = (probability * (1 - probability) * Double(count)).squareRoot()
      #expect(abs(Double(up) - probability * Double(count)) < 5 * deviation + 1)
    }
  }

  @Test("What is a bfloat16 stays, infinities too, and NaN stays NaN")
  func exactNumbersStay() {
    let values = (UInt16.min...UInt16.max).map(widened)
    for (value, bits) in zip(values, rounded(values)) {
      if value.isNaN {
        #expect(widened(bits).isNaN)
      } else {
        #expect(bits == UInt16(value.bitPattern >> 16))
      }
    }
    let payloads = (0..<128).map { Float(bitPattern: 0x7f80_0001 + UInt32($0) * 0xffff) }
    #expect(rounded(payloads).allSatisfy { widened($0).isNaN })
  }

  @Test("Seed, step and rank each change the bits, and repetition does not")
  func bitsDependOnTheName() {
    let values = [Float](repeating: 1.003, count: 4096)
    let streams = [
      Self.stream, RandomStream(seed: 6, purpose: .transport, step: 9, example: 2),
      RandomStream(seed: 5, purpose: .transport, step: 10, example: 2),
      RandomStream(seed: 5, purpose: .transport, step: 9, example: 3),
    ]
    #expect(Set(streams.map { rounded(values, of: $0) }).count == streams.count)
    #expect(rounded(values) == rounded(values))
  }
}
