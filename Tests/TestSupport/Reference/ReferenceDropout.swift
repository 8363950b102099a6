import Autodiff

extension Node {
  /// The value of a dropout mask for keys given as pairs of whole numbers.
  ///
  /// Element `e` of an example compares word `e % 4` of Philox block `e / 4`, with the counter
  /// `(block, site, 0, 0)` under the example's key.
  func dropoutReference(_ keys: [Double], site: UInt32, rate: Float) -> [Double] {
    let examples = shape[0]
    guard shape.count > 0 else { return [] }
    let kept = 1 / (1 - Double(rate))
    return (0..<examples).flatMap { example -> [Double] in
      let key = SIMD2(UInt32(keys[2 * example]), UInt32(keys[2 * example + 1]))
      return (0..<(shape.count / examples)).map { element in
        let words = philox(counter: SIMD4(UInt32(element / 4), site, 0, 0), key: key)
        return Double(words[element % 4]) * 0x1p-32 < Double(rate) ? 0 : kept
      }
    }
  }
}

/// Philox4x32 with ten rounds, written from Salmon et al., SC 2011, section 4.
func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
  var (state, key) = (counter, key)
  for _ in 0..<10 {
    let first = state[0].multipliedFullWidth(by: 0xD251_1F53)
    let second = state[2].multipliedFullWidth(by: 0xCD9E_8D57)
    state = SIMD4(
      second.high ^ state[1] ^ key[0], second.low, first.high ^ state[3] ^ key[1], first.low)
    key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
  }
  return state
}
