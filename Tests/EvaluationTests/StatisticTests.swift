import Testing

@testable import Evaluation

@Suite struct StatisticTests {
  private let first = [2.0, 4, 3, 8, 5, 1]
  private let second = [1.0, 3, 2, 4, 4, 2]

  @Test func meanHasTheTextbookStandardError() {
    let estimate = Statistic(meanOf: [1, 2, 3, 4]).estimate
    #expect(estimate.value == 2.5)
    #expect(abs(estimate.standardError - (5.0 / 3 / 4).squareRoot()) < 1e-15)
  }

  @Test func oneExampleHasNoError() {
    #expect(Statistic(meanOf: [3]).estimate == Estimate(value: 3, standardError: 0))
  }

  @Test func ratioMovesWithEachExampleAsTheDeltaMethodSays() {
    let ratio = Statistic(ratioOf: first, over: second)
    #expect(abs(ratio.value - 23.0 / 16) < 1e-15)
    let count = first.count
    for index in first.indices {
      // Giving example i a little more weight moves the ratio by its deviation over n.
      let step = 1e-6
      let top = first.reduce(0, +) + step * first[index]
      let bottom = second.reduce(0, +) + step * second[index]
      let slope = (top / bottom - ratio.value) / step
      #expect(abs(slope - ratio.deviations[index] / Double(count)) < 1e-6)
    }
    #expect(abs(ratio.deviations.reduce(0, +)) < 1e-12)
  }

  @Test func meanOfStatisticsKnowsWhatTheyShare() {
    let statistic = Statistic(meanOf: first)
    let twice = Statistic(meanOf: [statistic, statistic]).estimate
    #expect(abs(twice.standardError - statistic.estimate.standardError) < 1e-15)
    let opposite = Statistic(meanOf: first.map { -$0 })
    #expect(Statistic(meanOf: [statistic, opposite]).estimate.standardError < 1e-15)
  }

  @Test func vanishingDenominatorsGiveZero() {
    #expect(Statistic(ratioOf: [1, 2], over: [0, 0]).estimate.value == 0)
  }
}
