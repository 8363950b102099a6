import Randomness
import Testing

@Suite struct PermutationTests {
  func order(count: Int, seed: UInt64 = 1, epoch: UInt64 = 0) -> [Int] {
    let permutation = Permutation(count: count, seed: seed, epoch: epoch)
    return (0..<count).map { permutation.index(at: $0) }
  }

  @Test(arguments: [0, 1, 2, 3, 1000])
  func everyElementOccursOnce(count: Int) {
    #expect(order(count: count).sorted() == Array(0..<count))
  }

  @Test func orderIsAFunctionOfCountSeedAndEpoch() {
    #expect(order(count: 100) == order(count: 100))
    #expect(order(count: 100) != order(count: 100, seed: 2))
    #expect(order(count: 100) != order(count: 100, epoch: 1))
  }

  @Test func allOrdersOfThreeAreEquallyLikely() {
    var counts: [[Int]: Int] = [:]
    for epoch in 0..<6000 { counts[order(count: 3, epoch: UInt64(epoch)), default: 0] += 1 }
    #expect(counts.count == 6)
    // The standard deviation of each count is 29.
    #expect(counts.values.allSatisfy { abs($0 - 1000) < 150 })
  }
}
