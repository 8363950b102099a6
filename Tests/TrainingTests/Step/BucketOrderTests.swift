import Testing

@testable import Training

/// In which order buckets go out.
@Suite struct BucketOrderTests {
  private func buckets(owners: [Int?]) -> [GradientBucket] {
    owners.enumerated().map { GradientBucket(range: 10 * $0..<10 * $0 + 10, owner: $1) }
  }

  private func order(_ owners: [Int?], completions: [Int]) -> [Int] {
    let parts = completions.enumerated().map { (part: 10 * $0..<10 * $0 + 10, steps: $1) }
    return BucketOrder(buckets(owners: owners), completions: parts).entries.map {
      $0.bucket.range.lowerBound / 10
    }
  }

  @Test func bucketsOfAllRanksGoOutAsTheyAreComplete() {
    let order = order([nil, nil, nil, nil], completions: [40, 10, 30, 20])
    #expect(order == [1, 3, 2, 0])
  }

  @Test func aBucketIsCompleteWithItsLastPart() {
    let parts = [(part: 0..<15, steps: 7), (part: 15..<20, steps: 3), (part: 20..<25, steps: 5)]
    let order = BucketOrder(buckets(owners: [nil, nil, nil, nil]), completions: parts)
    #expect(order.entries.map(\.bucket.range.lowerBound) == [20, 0, 10, 30])
    #expect(order.entries.map(\.completion) == [5, 7, 7, Int.max])
  }

  @Test func ownersTakeTurnsWhereBucketsWait() {
    #expect(order([0, 0, 0, 1, 1, 1], completions: [1, 1, 1, 1, 1, 1]) == [0, 3, 1, 4, 2, 5])
    let afterwards = BucketOrder(buckets(owners: [0, 0, 1, 1, 2, 2]), completions: [])
    #expect(afterwards.entries.map(\.bucket.owner) == [0, 1, 2, 0, 1, 2])
  }

  // Six buckets in half of 120 steps: one in 10.
  @Test func noBucketWaitsForOneThatIsNotComplete() {
    let order = order([0, 0, 0, 1, 1, 1], completions: [10, 30, 50, 100, 110, 120])
    #expect(order == [0, 1, 2, 3, 4, 5])
    let crowded = self.order([0, 0, 0, 1, 1, 1], completions: [100, 101, 102, 104, 106, 120])
    #expect(crowded == [0, 3, 1, 4, 2, 5])
  }

  @Test func ownersGetPartsOrBucketsInTurn() {
    func cut(_ ownership: GradientBucket.Ownership) -> [[Int?]] {
      ownership.buckets(of: 25, length: 10).map {
        [$0.range.lowerBound, $0.range.upperBound, $0.owner]
      }
    }
    #expect(cut(.everyone) == [[0, 10, nil], [10, 20, nil], [20, 25, nil]])
    #expect(cut(.inTurn(ranks: 2)) == [[0, 10, 0], [10, 20, 1], [20, 25, 0]])
    let parts = cut(.parts([0..<12, 12..<25]))
    #expect(parts == [[0, 10, 0], [10, 12, 0], [12, 22, 1], [22, 25, 1]])
  }

  @Test func everyBucketGoesOutOnce() {
    let owners = (0..<50).map { $0 * 7 % 5 }
    let order = order(owners, completions: (0..<50).map { $0 * 13 % 50 })
    #expect(order.sorted() == Array(0..<50))
  }
}
