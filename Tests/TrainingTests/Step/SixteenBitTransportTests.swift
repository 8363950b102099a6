import MPI
import Randomness
import RunConfiguration
import Testing

@testable import Training

/// Gradients in 16 bits do not depend on how they are cut into buckets.
@Suite struct SixteenBitTransportTests {
  private func bits(
    _ values: [Float], rounding: CommunicationSettings.Rounding, step: Int = 3, rank: Int = 0,
    cuts: [Int] = []
  ) -> [UInt16] {
    let transport = SixteenBitTransport(
      count: values.count, rounding: rounding, seed: 11, rank: rank)
    transport.begin(step: step)
    var gradients = values
    let bounds = [0] + cuts + [values.count]
    return zip(bounds, bounds.dropFirst()).flatMap { start, end in
      gradients.withUnsafeMutableBufferPointer {
        transport.narrow($0, start..<end).map(\.bitPattern)
      }
    }
  }

  private let gradients = RandomStream(seed: 2, purpose: .diagnostics).normal(count: 1000)

  @Test(arguments: CommunicationSettings.Rounding.allCases)
  func bucketsDoNotMatter(rounding: CommunicationSettings.Rounding) {
    #expect(
      bits(gradients, rounding: rounding)
        == bits(gradients, rounding: rounding, cuts: [1, 130, 512, 999]))
  }

  @Test func nearestRoundsAsSingleNumbersDo() {
    #expect(
      bits(gradients, rounding: .nearest) == gradients.map { BFloat16Bits($0).bitPattern })
  }

  @Test func ranksAndStepsHaveBitsOfTheirOwn() {
    let sets = [
      bits(gradients, rounding: .stochastic), bits(gradients, rounding: .stochastic, step: 4),
      bits(gradients, rounding: .stochastic, rank: 1), bits(gradients, rounding: .nearest),
    ]
    #expect(Set(sets).count == 4)
  }
}
