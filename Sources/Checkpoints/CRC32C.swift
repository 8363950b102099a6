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
    register = Self.tables.withUnsafeBufferPointer { tables in
      var crc = register
      var position = 0
      // Eight bytes a turn ("slicing by 8"): table k advances a byte past k further bytes, so
      // the eight look-ups do not wait for each other.
      while position + 8 <= bytes.count {
        let word = UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        let mixed = word ^ UInt64(crc)
        crc = 0
        for slice in 0..<8 {
          let byte = Int(truncatingIfNeeded: mixed >> UInt64(8 * slice)) & 0xFF
          crc ^= tables[(7 - slice) * 256 + byte]
        }
        position += 8
      }
      while position < bytes.count {
        crc = (crc >> 8) ^ tables[Int((crc ^ UInt32(bytes[position])) & 0xFF)]
        position += 1
      }
      return crc
    }
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
  var hexadecimalDigits: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }
}
