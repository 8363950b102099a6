import Testing

@testable import Execution

@Suite struct MatrixProductTests {
  @Test(arguments: [false, true], [false, true])
  func matchesTheDefinition(transposesA: Bool, transposesB: Bool) {
    let (batch, m, n, k) = (3, 5, 7, 4)
    let product = MatrixProduct(
      batch: batch, m: m, n: n, k: k, transposesA: transposesA, transposesB: transposesB)
    let a = numbers(batch * m * k, seed: 1)
    let b = numbers(batch * k * n, seed: 2)
    var out = [Float](repeating: 1, count: batch * m * n)
    var expected = [Double](repeating: 0, count: out.count)
    for p in 0..<batch {
      for i in 0..<m {
        for j in 0..<n {
          for l in 0..<k {
            let x = a[p * m * k + (transposesA ? l * m + i : i * k + l)]
            let y = b[p * k * n + (transposesB ? j * k + l : l * n + j)]
            expected[(p * m + i) * n + j] += Double(x) * Double(y)
          }
        }
      }
    }
    product.execute(a, b, into: &out)
    #expect(largestError(out, expected) < 1e-6)
    product.execute(a, b, into: &out, accumulates: true)
    #expect(largestError(out, expected.map { 2 * $0 }) < 1e-6)
  }

  @Test func strideZeroSharesOneMatrix() {
    let a = numbers(3 * 2 * 4, seed: 1)
    let b = numbers(4 * 5, seed: 2)
    var shared = [Float](repeating: 0, count: 3 * 2 * 5)
    var stacked = shared
    MatrixProduct(batch: 3, m: 2, n: 5, k: 4, strideB: 0).execute(a, b, into: &shared)
    MatrixProduct(m: 6, n: 5, k: 4).execute(a, b, into: &stacked)
    #expect(largestError(shared, stacked.map(Double.init)) < 1e-6)
  }

  @Test func emptyInnerExtentGivesZeros() {
    var out: [Float] = [1, 2]
    MatrixProduct(m: 1, n: 2, k: 0).execute([0], [0], into: &out)
    #expect(out == [0, 0])
  }
}
