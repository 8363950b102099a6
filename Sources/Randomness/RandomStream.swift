/// A sequence of random numbers that is a pure function of what it is drawn for.
///
/// A stream is named by (seed, purpose, step, example). It has no state: a draw starts at the
/// beginning of the stream unless told otherwise, and a longer draw continues a shorter one.
/// Results therefore do not depend on the number of ranks or on the order of evaluation.
///
/// The seed is the Philox key (low word first). The counter is (block, example, low half of
/// step, purpose in the top byte over the high part of step); each block gives four 32-bit words.
public struct RandomStream: Sendable {
  private let key: SIMD2<UInt32>
  private let counter: SIMD4<UInt32>

  /// Names a stream.
  ///
  /// - Precondition: `step` is below 2^56 and `example` below 2^32.
  public init(seed: UInt64, purpose: RandomPurpose, step: UInt64 = 0, example: UInt64 = 0) {
    precondition(step < 1 << 56, "a random stream's step is \(step), but must be below 2^56")
    precondition(
      example < 1 << 32, "a random stream's example is \(example), but must be below 2^32")
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(
      0, UInt32(example), UInt32(truncatingIfNeeded: step),
      UInt32(purpose.rawValue) << 24 | UInt32(step >> 32))
  }

  /// The Philox key, for loops elsewhere that draw from the stream.
  public var philoxKey: SIMD2<UInt32> { key }

  /// The words of the Philox counter after the first, which counts blocks.
  public var philoxCounter: SIMD3<UInt32> { SIMD3(counter[1], counter[2], counter[3]) }

  /// Returns the four words of one block of the stream.
  public func words(at block: UInt32) -> SIMD4<UInt32> {
    var counter = self.counter
    counter[0] = block
    return Philox.words(counter: counter, key: key)
  }

  /// Returns word number `index` of the stream, counting through its blocks.
  public func word(at index: Int) -> UInt32 {
    words(at: UInt32(index / 4))[index % 4]
  }

  /// Returns an integer in `0..<bound` from the 64-bit word number `index` of the stream.
  ///
  /// The bias is below `bound` / 2^64.
  public func integer(at index: Int, below bound: Int) -> Int {
    let block = words(at: UInt32(index / 2))
    let word = index % 2 == 0 ? block.lowHalf : block.highHalf
    let bits = UInt64(word[1]) << 32 | UInt64(word[0])
    return Int(bits.multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Calls `body` with the blocks that cover `count` values, `perBlock` of them a block.
  @inline(__always)
  func forEachBlock(
    of count: Int, perBlock: Int, _ body: (_ offset: Int, SIMD4<UInt32>) -> Void
  ) {
    var counter = self.counter
    var offset = 0
    while offset < count {
      body(offset, Philox.words(counter: counter, key: key))
      counter[0] += 1
      offset += perBlock
    }
  }
}
