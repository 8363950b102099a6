import CZlib
import Foundation
import Testing

/// What a test needs to know of a PNG file, decoded independently of the writer.
struct PNGReader {
  var width = 0
  var height = 0
  var channels = 0
  var pixels: [UInt8] = []

  init(path: String) throws {
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
    try #require(bytes.starts(with: [137, 80, 78, 71, 13, 10, 26, 10]))
    var start = 8
    var types: [String] = []
    var compressed: [UInt8] = []
    while start < bytes.count {
      let length = Self.number(bytes[start..<start + 4])
      let body = bytes[start + 4..<start + 8 + length]
      let checksum = body.withUnsafeBufferPointer {
        crc32(0, $0.baseAddress, UInt32($0.count))
      }
      try #require(
        Self.number(bytes[start + 8 + length..<start + 12 + length]) == Int(checksum))
      types.append(String(decoding: body.prefix(4), as: UTF8.self))
      let content = Array(body.dropFirst(4))
      if types.last == "IHDR" {
        width = Self.number(content[0..<4])
        height = Self.number(content[4..<8])
        try #require(Array(content[8...]) == [8, content[9], 0, 0, 0])
        channels = try #require([0: 1, 2: 3][content[9]])
      }
      if types.last == "IDAT" { compressed += content }
      start += 12 + length
    }
    #expect(types.first == "IHDR" && types.last == "IEND")
    var size = UInt((width * channels + 1) * height)
    var rows = [UInt8](repeating: 0, count: Int(size))
    try #require(uncompress(&rows, &size, compressed, UInt(compressed.count)) == Z_OK)
    try #require(Int(size) == rows.count)
    for row in 0..<height {
      let line = rows[row * (width * channels + 1)..<(row + 1) * (width * channels + 1)]
      try #require(line.first == 0)
      pixels += line.dropFirst()
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 << 8 | Int($1) }
  }
}
