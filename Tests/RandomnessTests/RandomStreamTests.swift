import Foundation
import Randomness
import Testing

@Suite struct RandomStreamTests {
  // Computed with a separate implementation in Python.
  let stream = RandomStream(
    seed: 0x0123_4567_89ab_cdef, purpose: .noise, step: 5 << 32 | 7, example: 42)

  @Test func counterHoldsBlockExampleStepAndPurpose() {
    #expect(
      stream.words(at: 0) == SIMD4(0x9654_bfcd, 0xea79_5ea3, 0x9317_368a, 0x842a_1f78))
    #expect(
      stream.words(at: 1) == SIMD4(0x2af7_49cb, 0xcd63_a0ec, 0xb0c2_df5, 0x1024_bec4))
    #expect(stream.word(at: 5) == 0xcd63_a0ec)
  }

  @Test func normalNumbersAreBoxAndMullersOfTheWords() {
    let expected: [Float] = [
      0.8911434912040912, -0.5201330789634081, -1.0472431003370153, -0.10741646676189774,
      0.6097540976206534, -1.788222028889937,
    ]
    #expect(stream.normal(count: 6) == expected)
  }

  @Test func uniformNumbersAreTheTopBitsOfTheWords() {
    #expect(stream.uniform(count: 2) == [0.5872306227684021, 0.9159144163131714])
    let doubles = stream.uniformDouble(count: 3)
    let expected = [0.9159144544012915, 0.5162677449580684, 0.8023014618474608]
    #expect(zip(doubles, expected).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  @Test func longerDrawContinuesAShorterOne() {
    for count in [0, 1, 2, 3, 5, 31, 33, 127, 129, 255] {
      #expect(stream.normal(count: 300).starts(with: stream.normal(count: count)))
      #expect(stream.uniform(count: 300).starts(with: stream.uniform(count: count)))
      #expect(stream.uniformDouble(count: 300).starts(with: stream.uniformDouble(count: count)))
      #expect(stream.rademacher(count: 300).starts(with: stream.rademacher(count: count)))
    }
  }

  @Test func streamsThatDifferInOnePartOfTheNameShareNoWords() {
    var streams = [
      RandomStream(seed: 1, purpose: .noise),
      RandomStream(seed: 1 << 32, purpose: .noise),
      RandomStream(seed: 1, purpose: .noise, step: 1),
      RandomStream(seed: 1, purpose: .noise, step: 1 << 32),
      RandomStream(seed: 1, purpose: .noise, example: 1),
    ]
    streams += RandomPurpose.allCases.filter { $0 != .noise }.map {
      RandomStream(seed: 1, purpose: $0)
    }
    let words = streams.flatMap { stream in (0..<8).map { stream.word(at: $0) } }
    #expect(Set(words).count == words.count)
  }

  @Test func normalNumbersFollowTheNormalDistribution() {
    let count = 100_000
    let values = RandomStream(seed: 3, purpose: .noise).normal(count: count).map(Double.init)
    let mean = values.reduce(0, +) / Double(count)
    let variance = values.reduce(0) { $0 + $1 * $1 } / Double(count)
    let fourth = values.reduce(0) { $0 + pow($1, 4) } / Double(count)
    // Five standard errors each.
    #expect(abs(mean) < 5 * 1 / sqrt(Double(count)))
    #expect(abs(variance - 1) < 5 * sqrt(2 / Double(count)))
    #expect(abs(fourth - 3) < 5 * sqrt(96 / Double(count)))
    // Kolmogorov and Smirnov's statistic; 1.95 is passed once in a thousand samples.
    let distances = values.sorted().enumerated().map { rank, value in
      abs(0.5 * erfc(-value / sqrt(2)) - (Double(rank) + 0.5) / Double(count))
    }
    #expect(sqrt(Double(count)) * (distances.max() ?? 1) < 1.95)
    let lagged = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
    #expect(abs(lagged) < 5 / sqrt(Double(count)))
  }

  @Test func uniformNumbersFillTheHalfOpenIntervalEvenly() {
    let count = 100_000
    let values = RandomStream(seed: 3, purpose: .time).uniform(count: count)
    #expect(values.allSatisfy { (0..<1).contains($0) })
    var bins = [Double](repeating: 0, count: 100)
    for value in values { bins[Int(value * 100)] += 1 }
    let chiSquared = bins.reduce(0) { $0 + ($1 - 1000) * ($1 - 1000) / 1000 }
    // 99 degrees of freedom: mean 99, standard deviation 14.
    #expect(chiSquared < 99 + 5 * 14)
  }

  @Test func rademacherNumbersAreBalancedSigns() {
    let count = 100_000
    let values = RandomStream(seed: 3, purpose: .probe).rademacher(count: count)
    #expect(values.allSatisfy { abs($0) == 1 })
    #expect(abs(values.reduce(0, +)) < 5 * sqrt(Float(count)))
    let lagged = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(lagged) < 5 * sqrt(Float(count)))
  }

  @Test func integersCoverTheirRange() {
    let stream = RandomStream(seed: 3, purpose: .diagnostics)
    var counts = [Int](repeating: 0, count: 7)
    for index in 0..<7000 { counts[stream.integer(at: index, below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 1000) < 150 })
  }
}
