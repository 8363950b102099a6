/// The CRC-32C checksum of a stream of bytes (Castagnoli polynomial, RFC 3720, appendix B.4).
///
/// Bytes are added piece by piece; how they are cut does not change the result. It detects
/// accidental damage, not tampering.
public struct CRC32C: Sendable, Equatable {
  private var register: UInt32 = .max

  /// Starts the checksum of an empty stream.
  public init() {}

  /// The checksum of the bytes added so far.
  public var value: UInt32 { ~register }

  /// Sums a whole stream at once.
  ///
  /// - Parameter bytes: The whole stream.
  /// - Returns: The checksum.
  public static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
    var checksum = CRC32C()
    let contiguous: Void? = bytes.withContiguousStorageIfAvailable {
      checksum.update(UnsafeRawBufferPointer($0))
    }
    if contiguous == nil {
      Array(bytes).withUnsafeBytes { checksum.update($0) }
    }
    return checksum.value
  }

  /// Adds bytes to the end of the stream.
  ///
  /// - Parameter bytes: The next piece of the stream.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    Self.tables.withUnsafeBufferPointer { tables in
      guard let table = tables.baseAddress else { return }
      let words = bytes.count / 8
      let head = Self.advance(register, over: start, words: words, table: table)
      let rest = UnsafeRawBufferPointer(rebasing: bytes[(8 * words)...])
      register = rest.reduce(head) { crc, byte in
        (crc >> 8) ^ table[Int((crc ^ UInt32(byte)) & 0xFF)]
      }
    }
  }

  // Eight bytes a turn ("slicing by 8"): table k advances a byte past k further bytes, so the eight
  // look-ups do not wait for each other. Spelled out because an unoptimized build spends most of
  // its time on the calls that a loop over the bytes makes.
  private static func advance(
    _ register: UInt32, over bytes: UnsafeRawPointer, words: Int, table: UnsafePointer<UInt32>
  ) -> UInt32 {
    var crc = register
    var position = 0
    let end = words &* 8
    while position < end {
      let low =
        crc ^ UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
      let high = UInt32(
        littleEndian: bytes.loadUnaligned(fromByteOffset: position &+ 4, as: UInt32.self))
      crc = table[1792 &+ Int(low & 0xFF)]
      crc ^= table[1536 &+ Int((low &>> 8) & 0xFF)]
      crc ^= table[1280 &+ Int((low &>> 16) & 0xFF)]
      crc ^= table[1024 &+ Int(low &>> 24)]
      crc ^= table[768 &+ Int(high & 0xFF)]
      crc ^= table[512 &+ Int((high &>> 8) & 0xFF)]
      crc ^= table[256 &+ Int((high &>> 16) & 0xFF)]
      crc ^= table[Int(high &>> 24)]
      position &+= 8
    }
    return crc
  }

  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 {
        crc = (crc >> 1) ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0)
      }
      tables[byte] = crc
    }
    for index in 256..<tables.count {
      let previous = tables[index - 256]
      tables[index] = (previous >> 8) ^ tables[Int(previous & 0xFF)]
    }
    return tables
  }()
}

extension UInt32 {
  /// The value as eight hexadecimal digits, as manifests hold checksums.
  public var hexadecimalDigits: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
