import CVectorKernels
import Testing

@Suite struct StridedCopyTests {
  @Test(arguments: [1, 7, 16, 64, 100]) func blockingFollowsItsDefinitionAndInverts(plane: Int) {
    let (batch, channels) = (2, 48)
    let plain = (0..<batch * channels * plane).map(Float.init)
    var blocked = [Float](repeating: .nan, count: plain.count)
    hk_block_channels(plain, &blocked, batch, channels, plane)
    #expect(blocked == blockedByDefinition(plain, plane: plane))
    var back = [Float](repeating: .nan, count: plain.count)
    hk_unblock_channels(blocked, &back, batch, channels, plane)
    #expect(back == plain)
  }

  static func rowMajorStrides(_ extents: [Int]) -> [Int] {
    extents.indices.map { extents[($0 + 1)...].reduce(1, *) }
  }

  static let permutations: [([Int], [Int])] = [
    ([6], [0]), ([5, 37], [1, 0]), ([3, 5, 7], [2, 0, 1]), ([3, 5, 7], [0, 2, 1]),
    ([3, 5, 7], [1, 0, 2]), ([2, 3, 20, 33], [0, 2, 3, 1]), ([2, 3, 4, 5], [3, 1, 2, 0]),
    ([2, 1, 4, 5], [1, 2, 0, 3]), ([2, 2, 2, 2, 2, 2, 2, 3], [7, 5, 3, 1, 6, 4, 2, 0]),
  ]

  @Test(arguments: permutations) func copyPermutesAxes(extents: [Int], permutation: [Int]) {
    let count = extents.reduce(1, *)
    let source = (0..<count).map(Float.init)
    let outExtents = permutation.map { extents[$0] }
    let inStrides = Self.rowMajorStrides(extents)
    let srcStrides = permutation.map { inStrides[$0] }
    let outStrides = Self.rowMajorStrides(outExtents)
    var result = [Float](repeating: .nan, count: count)
    hk_copy_strided(
      source, &result, outExtents, srcStrides, outStrides, Int32(extents.count))
    for (index, found) in result.enumerated() {
      let from = outExtents.indices.reduce(0) {
        $0 + index / outStrides[$1] % outExtents[$1] * srcStrides[$1]
      }
      #expect(found == source[from])
    }
  }

  @Test func copyPlacesABoxAndLeavesTheRest() {
    let source = (0..<6).map(Float.init)
    var destination = [Float](repeating: -1, count: 20)
    hk_copy_strided(source, &destination[6], [2, 3], [3, 1], [5, 1], 2)
    #expect(
      destination == [-1, -1, -1, -1, -1, -1, 0, 1, 2, -1, -1, 3, 4, 5, -1, -1, -1, -1, -1, -1])
  }

  @Test func copyBroadcastsAlongStrideZero() {
    var destination = [Float](repeating: -1, count: 6)
    hk_copy_strided([4, 5], &destination, [2, 3], [1, 0], [3, 1], 2)
    #expect(destination == [4, 4, 4, 5, 5, 5])
    hk_copy_strided([4, 5, 6], &destination, [2, 3], [0, 1], [3, 1], 2)
    #expect(destination == [4, 5, 6, 4, 5, 6])
  }

  @Test func copyTakesScalarsAndEmptyBoxes() {
    var destination: [Float] = [0, 1]
    hk_copy_strided([7], &destination, [], [], [], 0)
    hk_copy_strided([8], &destination, [0, 3], [3, 1], [3, 1], 2)
    #expect(destination == [7, 1])
  }

  @Test func fillAndScaledAddition() {
    var x = [Float](repeating: 0, count: 37)
    hk_fill(&x, 37, 2)
    hk_add_scaled(&x, (0..<37).map(Float.init), 37, 0.5)
    #expect(x == (0..<37).map { 2 + 0.5 * Float($0) })
  }

  @Test func columnsAndTheirTransposeAreAdjoint() {
    var windows = hk_windows(
      channels: 3, height: 7, width: 9, kernelHeight: 3, kernelWidth: 2, stride: 2, padLow: 1,
      outHeight: 4, outWidth: 5)
    // Small integers: both dot products are exact.
    let image = (0..<3 * 63).map { Float(($0 * 37) % 11 - 5) }
    let columns = (0..<18 * 20).map { Float(($0 * 29) % 13 - 6) }
    var imageOfColumns = [Float](repeating: .nan, count: image.count)
    var columnsOfImage = [Float](repeating: .nan, count: columns.count)
    hk_im2col(image, &columnsOfImage, &windows)
    hk_col2im(columns, &imageOfColumns, &windows)
    let left = zip(columns, columnsOfImage).reduce(0) { $0 + $1.0 * $1.1 }
    let right = zip(image, imageOfColumns).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(left == right)
    #expect(left != 0)
  }
}
