import CVectorKernels
import Testing

@Suite struct DropoutTests {
  static func mask(
    _ channels: Int, _ plane: Int, lanes: Int32, key: (UInt32, UInt32), site: UInt32, rate: Float
  ) -> [Float] {
    var mask = [Float](repeating: .nan, count: channels * plane)
    if lanes == 1 {
      hk_dropout_mask(&mask, channels * plane, key.0, key.1, site, rate)
    } else {
      hk_dropout_mask_blocked(&mask, channels, plane, key.0, key.1, site, rate)
    }
    return mask
  }

  @Test func philoxMatchesThePublishedVector() {
    // Random123's known answers for a zero key and counter: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
    let words: [UInt32] = [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8]
    for rate in [Float(0.25), 0.39, 0.41, 0.6, 0.61, 0.7, 0.75, 0.9] {
      let expected = words.map { Double($0) * 0x1p-32 < Double(rate) ? 0 : 1 / (1 - Double(rate)) }
      #expect(
        Self.mask(4, 1, lanes: 1, key: (0, 0), site: 0, rate: rate) == expected.map(Float.init))
    }
  }

  @Test(arguments: [1, 6, 16, 64]) func layoutsHoldTheSameMask(plane: Int) {
    let plain = Self.mask(48, plane, lanes: 1, key: (7, 9), site: 3, rate: 0.3)
    let blocked = Self.mask(48, plane, lanes: 16, key: (7, 9), site: 3, rate: 0.3)
    #expect(blocked == blockedByDefinition(plain, plane: plane))
  }

  @Test func aPrefixDoesNotDependOnTheLength() {
    let long = Self.mask(1, 1000, lanes: 1, key: (1, 2), site: 5, rate: 0.5)
    for count in [1, 63, 64, 130] {
      #expect(
        Self.mask(1, count, lanes: 1, key: (1, 2), site: 5, rate: 0.5) == Array(long[..<count]))
    }
  }

  @Test func rateAndMeanAreRight() {
    let mask = Self.mask(64, 1024, lanes: 16, key: (11, 12), site: 1, rate: 0.1)
    let dropped = mask.filter { $0 == 0 }.count
    // Five standard deviations of a binomial count.
    #expect(abs(Double(dropped) - 6553.6) < 5 * 76.8)
    #expect(Self.mask(1, 100, lanes: 1, key: (1, 2), site: 0, rate: 0).allSatisfy { $0 == 1 })
  }

  @Test func keysAndSitesGiveDifferentMasks() {
    let reference = Self.mask(1, 256, lanes: 1, key: (1, 2), site: 3, rate: 0.5)
    #expect(Self.mask(1, 256, lanes: 1, key: (2, 2), site: 3, rate: 0.5) != reference)
    #expect(Self.mask(1, 256, lanes: 1, key: (1, 3), site: 3, rate: 0.5) != reference)
    #expect(Self.mask(1, 256, lanes: 1, key: (1, 2), site: 4, rate: 0.5) != reference)
  }
}
