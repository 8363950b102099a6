import CVectorKernels
import Testing

@Suite struct ResamplingTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var taps: [Float]
    var up: Int
    var down: Int
    var padLow: Int
    var padHigh: Int
    var testDescription: String {
      "taps \(taps.count) up \(up) down \(down) pads \(padLow), \(padHigh)"
    }

    func extent(_ extent: Int) -> Int { (extent * up + padLow + padHigh - taps.count) / down + 1 }

    /// One axis by definition: insert zeros, pad or crop, convolve, decimate.
    func resampled(_ x: [Double]) -> [Double] {
      let inserted = x.flatMap { [$0] + [Double](repeating: 0, count: up - 1) }
      let padded = (-padLow..<inserted.count + padHigh).map {
        inserted.indices.contains($0) ? inserted[$0] : 0
      }
      return (0..<extent(x.count)).map { output in
        taps.indices.reduce(0) { sum, k in
          sum + Double(taps[taps.count - 1 - k]) * padded[output * down + k]
        }
      }
    }
  }

  static let asymmetric: [Float] = [1, 2, 4, 8]
  static let cases = [
    Case(taps: [0.5, 1.5, 1.5, 0.5], up: 2, down: 1, padLow: 2, padHigh: 1),
    Case(taps: [0.125, 0.375, 0.375, 0.125], up: 1, down: 2, padLow: 1, padHigh: 1),
    Case(taps: asymmetric, up: 2, down: 1, padLow: 2, padHigh: 1),
    Case(taps: asymmetric, up: 1, down: 2, padLow: 1, padHigh: 1),
    Case(taps: asymmetric, up: 1, down: 1, padLow: 2, padHigh: 1),
    Case(taps: asymmetric, up: 2, down: 2, padLow: 3, padHigh: 2),
    Case(taps: asymmetric, up: 2, down: 1, padLow: -1, padHigh: -2),
    Case(taps: asymmetric, up: 1, down: 2, padLow: -1, padHigh: 4),
    Case(taps: [1, 1], up: 2, down: 1, padLow: 1, padHigh: 0),
    Case(taps: [1, -2, 3], up: 1, down: 1, padLow: 7, padHigh: 9),
  ]

  @Test func axisByDefinitionMatchesNumPy() {
    // numpy.convolve(padded, taps, 'valid')[::down]
    #expect(Self.cases[2].resampled([1, 2, 3, 4]) == [2, 6, 12, 11, 22, 16, 32, 16])
    #expect(Self.cases[3].resampled([1, 2, 3, 4, 5, 6]) == [11, 41, 64])
  }

  @Test(arguments: cases, [(5, 9), (8, 8), (33, 40)])
  func matchesTheDefinitionAlongBothAxes(filter: Case, extents: (Int, Int)) {
    let (h, w) = extents
    let planes = 32
    let x = (0..<planes * h * w).map { Float(($0 * 37) % 101 - 50) * 0.25 }
    let (outH, outW) = (filter.extent(h), filter.extent(w))
    let expected = (0..<planes).flatMap { plane -> [Float] in
      let rows = (0..<h).map { row in
        filter.resampled((0..<w).map { Double(x[(plane * h + row) * w + $0]) })
      }
      let columns = (0..<outW).map { column in filter.resampled(rows.map { $0[column] }) }
      return (0..<outH).flatMap { row in columns.map { Float($0[row]) } }
    }
    func run(_ x: [Float], planes: Int, lanes: Int32) -> [Float] {
      var y = [Float](repeating: .nan, count: expected.count)
      var scratch = [Float](repeating: .nan, count: hk_fir_scratch(h, w, outH, outW, lanes))
      hk_fir(
        x, &y, planes, h, w, outH, outW, filter.taps, Int32(filter.taps.count), Int32(filter.up),
        Int32(filter.down), Int32(filter.padLow), lanes, &scratch)
      return y
    }
    // All products and sums are exact in single precision.
    #expect(run(x, planes: planes, lanes: 1) == expected)
    let blocked = run(blockedByDefinition(x, plane: h * w), planes: planes / 16, lanes: 16)
    #expect(blocked == blockedByDefinition(expected, plane: outH * outW))
  }
}
