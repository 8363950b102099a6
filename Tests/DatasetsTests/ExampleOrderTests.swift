import Datasets
import Testing

@Suite struct ExampleOrderTests {
  @Test func everyEpochMeetsEveryExampleOnceInAnotherOrder() {
    var order = ExampleOrder(count: 10, seed: 3, flips: false)
    let epochs = (0..<3).map { epoch in
      (0..<10).map { offset in
        let entry = order.entry(at: epoch * 10 + offset)
        #expect(entry.epoch == epoch)
        return entry.index
      }
    }
    for epoch in epochs { #expect(epoch.sorted() == Array(0..<10)) }
    #expect(Set(epochs).count == 3)
  }

  @Test func entryDependsOnItsPositionOnly() {
    var forward = ExampleOrder(count: 7, seed: 3, flips: true)
    var backward = ExampleOrder(count: 7, seed: 3, flips: true)
    let entries = (0..<30).map { forward.entry(at: $0) }
    #expect((0..<30).reversed().map { backward.entry(at: $0) } == entries.reversed())
  }

  @Test func halfOfTheExamplesAreFlippedAnewInEachEpoch() {
    var order = ExampleOrder(count: 1000, seed: 3, flips: true)
    let flips = (0..<2).map { epoch in
      (0..<1000).map { order.entry(at: epoch * 1000 + $0) }.filter(\.flipped).map(\.index)
    }
    #expect(flips.allSatisfy { abs($0.count - 500) < 80 })
    let both = Set(flips[0]).intersection(flips[1]).count
    #expect(abs(both - 250) < 70)
  }

  @Test func flipsLeaveTheOrderAlone() {
    var flipping = ExampleOrder(count: 50, seed: 3, flips: true)
    var straight = ExampleOrder(count: 50, seed: 3, flips: false)
    for position in 0..<100 {
      #expect(flipping.entry(at: position).index == straight.entry(at: position).index)
      #expect(!straight.entry(at: position).flipped)
    }
  }

  @Test(arguments: 1...9, [1, 8, 32, 33])
  func anyNumberOfRanksPartitionsTheSameBatch(ranks: Int, globalBatch: Int) {
    let shards = (0..<ranks).map {
      ExampleOrder.shard(ofBatchAt: 5, globalBatch: globalBatch, rank: $0, ranks: ranks)
    }
    #expect(shards.flatMap { Array($0) } == Array(5 * globalBatch..<6 * globalBatch))
    let lengths = shards.map(\.count)
    #expect((lengths.max() ?? 0) - (lengths.min() ?? 0) <= 1)
  }
}
