import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct SafetensorsTests {
  /// A file of the given header and data.
  private func bytes(_ header: String, data: [UInt8]) -> [UInt8] {
    let length = header.utf8.count
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header.utf8 + data
  }

  private func failure(_ header: String, data: [UInt8] = []) throws -> CheckpointError {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes(header, data: data), to: "case.safetensors")
    let url = URL(filePath: path)
    return try #require(throws: CheckpointError.self) { try SafetensorsFile(opening: url) }
  }

  @Test func writtenTensorsAreReadBack() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "a.safetensors")
    let metadata = ["config": "a: \"b\"\n\tc: \u{1}\\ µ", "step": "12"]
    let writer = try SafetensorsWriter(
      creating: url,
      tensors: [
        .init(name: "weight", shape: [2, 3]), .init(name: "scalar", shape: []),
        .init(name: "empty", shape: [0, 4]), .init(name: "bytes", elementType: .uint8, shape: [3]),
      ], metadata: metadata)
    try writer.append([1, 2, 3, 4])
    try writer.append([5, 6])
    try writer.append([-0.5])
    try [UInt8]([7, 8, 255]).withUnsafeBytes { try writer.append($0) }
    let written = try writer.finish()

    let content = [UInt8](try Data(contentsOf: url))
    #expect(written.byteCount == content.count)
    #expect(written.checksum == CRC32C.checksum(of: content))
    #expect((8 + Int(content[0]) + 256 * Int(content[1])) % 64 == 0)
    let file = try SafetensorsFile(opening: url)
    #expect(file.metadata == metadata)
    #expect(file.names == ["bytes", "empty", "scalar", "weight"])
    #expect(try file.entry("weight").shape == [2, 3])
    #expect(try file.floats("weight") == [1, 2, 3, 4, 5, 6])
    #expect(try file.floats("weight", in: 2..<5) == [3, 4, 5])
    #expect(try file.floats("empty") == [])
    #expect(try file.doubles("scalar") == [-0.5])
    #expect(try file.floats("bytes") == [7, 8, 255])
  }

  @Test func everyTypeIsConverted() throws {
    // 1.5, -2, 2^-14 as 16-bit patterns; NumPy and PyTorch agree on them.
    let half: [UInt8] = [0x00, 0x3E, 0x00, 0xC0, 0x00, 0x04]
    let brain: [UInt8] = [0xC0, 0x3F, 0x00, 0xC0, 0x80, 0x38]
    let header = """
      {"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},\
      "b":{"dtype":"BF16","shape":[3],"data_offsets":[6,12]},\
      "i":{"dtype":"I32","shape":[1],"data_offsets":[12,16]},\
      "l":{"dtype":"I64","shape":[1],"data_offsets":[16,24]},\
      "d":{"dtype":"F64","shape":[1],"data_offsets":[24,32]}}
      """
    var data = half + brain
    withUnsafeBytes(of: Int32(-7)) { data += $0 }
    withUnsafeBytes(of: Int64(1) << 40) { data += $0 }
    withUnsafeBytes(of: 0.1) { data += $0 }
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes(header, data: data), to: "types.safetensors")
    let file = try SafetensorsFile(opening: URL(filePath: path))
    #expect(try file.floats("h") == [1.5, -2, 0x1p-14])
    #expect(try file.floats("b") == [1.5, -2, 0x1p-14])
    #expect(try file.floats("i") == [-7])
    #expect(try file.doubles("l") == [0x1p40])
    #expect(try file.doubles("d") == [0.1])
    #expect(try file.floats("d") == [0.1 as Float])
  }

  @Test func malformedHeadersAreRefused() throws {
    let cases: [(String, [UInt8], String)] = [
      ("{", [], "cannot be decoded"),
      (#"{"a":{"dtype":"F32","shape":[1]}}"#, [], "data_offsets"),
      (
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, .init(repeating: 0, count: 8),
        "4 bytes for F32 [1]"
      ),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, [], "data_offsets [4, 0]"),
      (#"{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}"#, [0, 0, 0, 0], "[-1, -1]"),
      (
        #"{"a":{"dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, [],
        "product fits"
      ),
      (#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, [0], "1 bytes of data"),
      (#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, [0, 0], "hole"),
      (
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
          + #""b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, [0, 0, 0], "overlap"
      ),
    ]
    for (header, data, text) in cases {
      let error = try failure(header, data: data)
      guard case .damaged = error else {
        Issue.record("\(header) gave \(error)")
        continue
      }
      #expect(error.description.contains(text))
    }
  }

  @Test func unknownTypesAreNamed() throws {
    let error = try failure(#"{"a":{"dtype":"F8_E4M3","shape":[0],"data_offsets":[0,0]}}"#)
    #expect(error.description.contains("dtype of tensor a: found F8_E4M3"))
  }

  @Test func impossibleHeaderLengthsAreRefused() throws {
    let folder = try TemporaryFolder()
    for content: [UInt8] in [
      [], [1, 2, 3], .init(repeating: 0xFF, count: 8), [3, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D],
    ] {
      let url = URL(filePath: try folder.write(content, to: "short.safetensors"))
      let error = #expect(throws: CheckpointError.self) { try SafetensorsFile(opening: url) }
      guard case .damaged? = error else {
        Issue.record("\(content) gave \(String(describing: error))")
        continue
      }
    }
  }

  @Test func absentFilesTensorsAndRangesAreNamed() throws {
    let folder = try TemporaryFolder()
    let absent = folder.url.appending(path: "absent.safetensors")
    #expect(throws: CheckpointError.missing(path: absent.path, expected: "a file")) {
      try SafetensorsFile(opening: absent)
    }
    let header = #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#
    let path = try folder.write(bytes(header, data: [1, 2]), to: "two.safetensors")
    let file = try SafetensorsFile(opening: URL(filePath: path))
    let unknown = try #require(throws: CheckpointError.self) { try file.floats("b") }
    #expect(unknown.description.contains("tensor b"))
    let beyond = try #require(throws: CheckpointError.self) { try file.floats("a", in: 1..<3) }
    #expect(beyond.description.contains("2 elements"))
  }
}
