import Testing

@testable import Charts

@Suite struct AxisTicksTests {
  private func texts(
    _ range: ClosedRange<Double>, _ scale: Axis.Scale = .linear, count: Int = 5
  ) -> [SVGText] {
    AxisTicks(range, scale: scale, count: count).major.map(\.text)
  }

  @Test func linearAxesHaveRoundNumbersWithTheirDigits() {
    #expect(
      texts(0...1, count: 4) == ["0", "0.25", "0.50", "0.75", "1.00"].map { .plain($0) })
    #expect(
      texts(-2.2...4.1, count: 3)
        == ["\u{2212}2.5", "0", "2.5"].suffix(2).map { .plain($0) })
    #expect(texts(0...10_000) == ["0", "2000", "4000", "6000", "8000", "10000"].map { .plain($0) })
  }

  @Test func smallNumbersShareAPowerOfTen() {
    #expect(
      texts(0...2e-6, count: 4) == [
        .plain("0"), .product("0.5", power: -6), .product("1.0", power: -6),
        .product("1.5", power: -6), .product("2.0", power: -6),
      ])
  }

  @Test func logarithmicAxesMarkPowersOfTen() {
    #expect(texts(2e-3...40, .logarithmic) == [-2, -1, 0, 1].map { .power(of: $0) })
    #expect(
      texts(1e-12...1, .logarithmic, count: 4) == [-12, -9, -6, -3, 0].map { .power(of: $0) })
    let minor = AxisTicks(2e-3...40, scale: .logarithmic, count: 5).minor
    #expect(
      minor.contains { abs($0 - 5e-3) < 1e-9 } && minor.allSatisfy { (2e-3...40).contains($0) })
  }
}
