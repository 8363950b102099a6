import Testing

@testable import Training

/// In which order sums of gradients come back.
@Suite struct ReturnPlanTests {
  /// Buckets of ten elements with the steps after which each is complete and before which the next
  /// program needs it, of a program of 100 steps that take the same time.
  private func plan(completions: [Int], uses: [Int]) -> ReturnPlan {
    let buckets = completions.indices.map {
      GradientBucket(range: 10 * $0..<10 * $0 + 10, owner: 0)
    }
    func parts(_ steps: [Int]) -> [(part: Range<Int>, steps: Int)] {
      steps.enumerated().map { (10 * $0..<10 * $0 + 10, $1) }
    }
    return ReturnPlan(
      BucketOrder(buckets, completions: parts(completions)), firstUses: parts(uses)
    ) { min(1, Double($0) / 100) }
  }

  private func order(_ plan: ReturnPlan) -> [Int] {
    plan.entries.map { $0.bucket.range.lowerBound / 10 }
  }

  @Test func whatIsNeededFirstComesFirst() {
    let plan = plan(completions: [100, 100, 100, 100], uses: [7, 3, 9, 1])
    #expect(order(plan) == [3, 1, 0, 2])
  }

  // Five buckets: a reduction takes 5 steps, as does a return.
  @Test func sumsComeBackBetweenReductions() {
    let plan = plan(completions: [50, 50, 50, 100, 100], uses: [20, 10, 30, 1, 2])
    #expect(order(plan) == [1, 0, 2, 3, 4])
    #expect(plan.entries.map(\.reductions) == [2, 1, 3, 4, 5])
  }

  @Test func gapsTakeNoMoreThanFits() {
    let plan = plan(completions: [80, 80, 80, 100, 100], uses: [20, 10, 30, 1, 2])
    // After the reductions there are 5 steps left until the next one.
    #expect(order(plan) == [1, 3, 4, 0, 2])
  }

  @Test func everySumComesBackOnceAfterItsReduction() {
    let plan = plan(
      completions: (0..<50).map { $0 * 13 % 50 + 50 }, uses: (0..<50).map { $0 * 7 % 50 })
    #expect(order(plan).sorted() == Array(0..<50))
    #expect(Set(plan.entries.map(\.reductions)) == Set(1...50))
  }

  @Test func aBucketIsNeededWithItsFirstPart() {
    let bucket = GradientBucket(range: 0..<30, owner: 0)
    let plan = ReturnPlan(
      BucketOrder([bucket], completions: []), firstUses: [(0..<9, 8), (9..<20, 4), (20..<30, 6)]
    ) { _ in 1 }
    #expect(plan.needs == [0: 4])
  }

  @Test func aProgramWaitsForAllThatComeBeforeWhatItNeeds() {
    let plan = plan(completions: [100, 100, 100, 100], uses: [7, 3, 9, 1])
    func requirements(_ uses: [Int]) -> [[Int]] {
      let needs = Dictionary(uniqueKeysWithValues: uses.enumerated().map { (10 * $0, $1) })
      return plan.requirements(of: needs).map { [$0.steps, $0.entries] }
    }
    #expect(requirements([7, 3, 9, 1]) == [[1, 1], [3, 2], [7, 3], [9, 4]])
    // Another program needs the last one that comes back first.
    #expect(requirements([7, 3, 0, 1]) == [[0, 4]])
    #expect(requirements([5, 5, 6, 5]) == [[5, 3], [6, 4]])
  }
}
