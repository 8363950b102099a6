/// Damages bytes in ways that find mistakes of readers; the same seed and case give the same damage.
///
/// Source: the mutations of American Fuzzy Lop (Zalewski): flips, cuts, repeats, interesting numbers,
/// words of the format, and nesting.
public struct Mutator {
  /// Words of the format that are put in at random.
  public var words: [String] = []

  private var state: UInt64

  /// Begins a case.
  ///
  /// - Parameters:
  ///   - seed: The seed of all cases.
  ///   - number: The number of the case.
  public init(seed: UInt64, case number: Int) {
    state = seed &+ UInt64(number) &* 0xD1B5_4A32_D192_ED03
  }

  /// A number from 0 up to a bound.
  ///
  /// By SplitMix64 of Steele, Lea and Flood (2014).
  ///
  /// - Parameter bound: The number after the largest one; positive.
  /// - Returns: A number below the bound.
  public mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }

  /// Damages bytes in one to four places.
  ///
  /// - Parameter bytes: The intact bytes.
  /// - Returns: Other bytes.
  public mutating func damage(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...below(4) { damageOnce(&bytes) }
    return bytes
  }

  private mutating func damageOnce(_ bytes: inout [UInt8]) {
    switch below(11) {
    case 0: flipBits(of: &bytes)
    case 1: bytes.removeLast(below(bytes.count + 1))
    case 2: bytes.removeSubrange(range(in: bytes))
    case 3: bytes.insert(contentsOf: bytes[range(in: bytes)], at: place(in: bytes))
    case 4: insert((0...below(8)).map { _ in UInt8(below(256)) }, into: &bytes)
    case 5, 6: replaceNumber(in: &bytes)
    case 7: replaceBinaryNumber(in: &bytes)
    case 8: insert(Array(pick(words + ["\n"]).utf8), into: &bytes)
    case 9: insert(nest(), into: &bytes)
    default: insert(.init(repeating: UInt8(ascii: "a"), count: 1 + below(20_000)), into: &bytes)
    }
  }

  private mutating func pick(_ choices: [String]) -> String { choices[below(choices.count)] }

  private mutating func place(in bytes: [UInt8]) -> Int { below(bytes.count + 1) }

  private mutating func range(in bytes: [UInt8]) -> Range<Int> {
    let (one, other) = (place(in: bytes), place(in: bytes))
    return min(one, other)..<max(one, other)
  }

  private mutating func insert(_ new: [UInt8], into bytes: inout [UInt8]) {
    bytes.insert(contentsOf: new, at: place(in: bytes))
  }

  private mutating func flipBits(of bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    for _ in 0...below(8) { bytes[below(bytes.count)] ^= 1 << UInt8(below(8)) }
  }

  private mutating func replaceNumber(in bytes: inout [UInt8]) {
    guard let start = digit(in: bytes, from: place(in: bytes)) else { return }
    let end = bytes[start...].firstIndex { !Self.isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: pick(Self.numbers).utf8)
  }

  private mutating func replaceBinaryNumber(in bytes: inout [UInt8]) {
    let width = [1, 2, 4, 8][below(4)]
    guard bytes.count >= width else { return }
    // Headers come first, and most of what readers trust stands there.
    let start = below(min(bytes.count - width + 1, below(2) == 0 ? 32 : .max))
    let value = [0, 1, 0x7F, 0x80, 0xFF, .max, .max - 7, 1 << 31, 1 << 32, -1][below(10)]
    for index in 0..<width {
      bytes[start + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
    }
  }

  private mutating func nest() -> [UInt8] {
    let opening = pick(["[", "{", "{\"a\":", "- ", "? ", "[[", "a: {b: ", "(", "&a [*a, "])
    let depth = [3, 30, 300, 3_000, 30_000][below(5)]
    return Array(String(repeating: opening, count: depth).utf8)
  }

  private func digit(in bytes: [UInt8], from start: Int) -> Int? {
    bytes[start...].firstIndex(where: Self.isDigit) ?? bytes.firstIndex(where: Self.isDigit)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  private static let numbers = [
    "0", "-1", "-0", "1", "255", "65536", "2147483647", "2147483648", "4294967295", "4294967296",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615",
    "1e9", "1e308", "1e400", "-1e308", "0.5", "1e-400", "99999999999999999999999999999999", "0x10",
    "3037000500", "1000000000", "1000000001", "NaN", "Infinity", "null", "\"1\"", "[]", "1.0",
  ]
}
