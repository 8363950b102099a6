import CVectorKernels
import Testing

@Suite struct TileReductionTests {
  static let shapes = [(1, 1), (1, 130), (5, 16), (7, 3), (64, 16), (3, 83), (9, 37)]

  static func tile(_ rows: Int, _ columns: Int) -> [Float] {
    (0..<rows * columns).map { Float(($0 * 37) % 101 - 50) * 0.25 }
  }

  /// Every combination of kept and reduced axes, kept ones also with gaps.
  static func strides(_ columns: Int) -> [(row: Int, column: Int)] {
    [(0, 0), (0, 1), (0, 2), (1, 0), (3, 0), (columns, 1), (columns + 5, 1), (2 * columns, 2)]
  }

  @Test(arguments: shapes) func sumAddsIntoTheKeptAxes(rows: Int, columns: Int) {
    let tile = Self.tile(rows, columns)
    for stride in Self.strides(columns) {
      var expected = [Double](repeating: 0.5, count: 4 * rows * columns + 8 * rows)
      var result = expected.map(Float.init)
      for i in 0..<rows {
        for j in 0..<columns {
          expected[i * stride.row + j * stride.column] += Double(tile[i * columns + j])
        }
      }
      hk_reduce_sum(&result, tile, rows, columns, stride.row, stride.column)
      for (x, y) in zip(result, expected) { #expect(abs(Double(x) - y) < 1e-4, "\(stride)") }
    }
  }

  @Test(arguments: shapes) func maximumRaisesTheKeptAxes(rows: Int, columns: Int) {
    let tile = Self.tile(rows, columns)
    for stride in Self.strides(columns) {
      var expected = [Float](repeating: -3, count: 4 * rows * columns + 8 * rows)
      var result = expected
      for i in 0..<rows {
        for j in 0..<columns {
          let index = i * stride.row + j * stride.column
          expected[index] = max(expected[index], tile[i * columns + j])
        }
      }
      hk_reduce_max(&result, tile, rows, columns, stride.row, stride.column)
      #expect(result == expected, "\(stride)")
    }
  }

  @Test func maximumPropagatesNotANumber() {
    var tile = Self.tile(3, 40)
    tile[57] = .nan
    var all: Float = 0
    hk_reduce_max(&all, tile, 3, 40, 0, 0)
    #expect(all.isNaN)
  }

  @Test func longSumKeepsSinglePrecision() {
    // A running float sum would stop at 2^24 / 10 after losing its low digits.
    let ones = [Float](repeating: 0.1, count: 1 << 20)
    var sum: Float = 0
    hk_reduce_sum(&sum, ones, 1, ones.count, 0, 0)
    #expect(abs(Double(sum) / (Double(Float(0.1)) * Double(ones.count)) - 1) < 1e-6)
  }

  @Test(arguments: shapes) func expandRepeatsAlongAxesOfStrideZero(rows: Int, columns: Int) {
    for stride in Self.strides(columns) {
      let source = Self.tile(4 * rows + 8, columns + 2)
      var result = [Float](repeating: .nan, count: rows * columns)
      hk_expand(&result, source, rows, columns, stride.row, stride.column)
      for i in 0..<rows {
        for j in 0..<columns {
          #expect(result[i * columns + j] == source[i * stride.row + j * stride.column])
        }
      }
    }
  }
}
