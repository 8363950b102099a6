import CZlib

/// The Portable Network Graphics format.
///
/// Source: ISO/IEC 15948:2003.
enum PNG {
  /// Returns the bytes of a file that holds `image`, without filters or interlacing.
  static func encode(_ image: RasterImage) -> [UInt8] {
    let rowSize = image.width * image.channels
    var rows: [UInt8] = []
    rows.reserveCapacity(image.height * (rowSize + 1))
    for row in 0..<image.height {
      rows.append(0)
      rows += image.pixels[row * rowSize..<(row + 1) * rowSize]
    }
    let colorType: UInt8 = image.channels == 1 ? 0 : 2
    let header = bigEndian(image.width) + bigEndian(image.height) + [8, colorType, 0, 0, 0]
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + chunk("IHDR", header) + chunk("IDAT", compress(rows)) + chunk("IEND", [])
  }

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let checked = Array(type.utf8) + content
    let checksum = crc32(0, checked, UInt32(checked.count))
    return bigEndian(content.count) + checked + bigEndian(Int(checksum))
  }

  private static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var length = compressBound(UInt(bytes.count))
    var compressed = [UInt8](repeating: 0, count: Int(length))
    // By the manual it can fail for lack of memory or room only, and the bound gives the room.
    let code = compress2(&compressed, &length, bytes, UInt(bytes.count), Z_DEFAULT_COMPRESSION)
    precondition(code == Z_OK, "zlib's compress2 returned \(code)")
    return Array(compressed[..<Int(length)])
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}

extension RasterImage {
  /// Writes the image as a PNG file, which appears under its name when it is complete.
  ///
  /// - Parameter path: The file; its folder must exist.
  /// - Throws: `TelemetryError` if the system refuses.
  public func writePNG(to path: String) throws(TelemetryError) {
    try replaceFile(path, with: PNG.encode(self))
  }
}
