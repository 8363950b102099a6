import Evaluation
import Execution
import Randomness
import Testing

@Suite struct SupportOverlapTests {
  private func features(_ rows: Int, _ columns: Int, step: UInt64, scale: Float) -> DenseMatrix {
    let values = RandomStream(seed: 4, purpose: .diagnostics, step: step)
      .normal(count: rows * columns)
    return DenseMatrix(
      rows: rows, columns: columns, values: values.map { Double(scale * $0) })
  }

  @Test func pointsOnALineCountAsDrawn() {
    // Radii to the nearest neighbour: 1, 1, 3 of the real points and 0.5 of the others.
    let real = DenseMatrix(rows: 3, columns: 1, values: [0, 1, 4])
    let fake = DenseMatrix(rows: 4, columns: 1, values: [0.5, 0, 10, 10.5])
    let overlap = SupportOverlap(real: real, fake: fake, neighbours: 1)
    #expect(overlap.precision == 2.0 / 4)
    // 1 is on the border of the ball of 0.5.
    #expect(overlap.recall == 1.0 / 3)
    // 0 and 1 contain 0.5, 0 contains 0, 1 has 0 on its border.
    #expect(overlap.density == 3.0 / 4)
    #expect(overlap.coverage == 2.0 / 3)
  }

  @Test func equalSetsOverlapWholly() {
    let points = features(50, 3, step: 0, scale: 1)
    let overlap = SupportOverlap(real: points, fake: points, neighbours: 3)
    #expect(overlap.precision == 1 && overlap.recall == 1 && overlap.coverage == 1)
  }

  @Test func paddingWithZerosChangesTheWayButNotTheCounts() {
    let (real, fake) = (features(80, 4, step: 1, scale: 1), features(70, 4, step: 2, scale: 1.2))
    func padded(_ points: DenseMatrix) -> DenseMatrix {
      let width = 40
      var wide = DenseMatrix(
        rows: points.rows, columns: width,
        values: [Double](repeating: 0, count: points.rows * width))
      for index in points.values.indices {
        wide.values[index / 4 * width + index % 4] = points.values[index]
      }
      return wide
    }
    let overlap = SupportOverlap(real: real, fake: fake, neighbours: 3)
    #expect(overlap == SupportOverlap(real: padded(real), fake: padded(fake), neighbours: 3))
    #expect(overlap.precision > 0.5 && overlap.precision < 1)
  }
}
