import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct IDXTests {
  let bytes = (0..<2 * 3 * 300).map { UInt8(truncatingIfNeeded: $0 * 7) }
  var file: [UInt8] { idxFile(dimensions: [2, 3, 300], bytes: bytes) }

  @Test func plainAndCompressedFilesReadTheSame() throws {
    let folder = try TemporaryFolder()
    let plain = try IDX(contentsOf: folder.write(file, to: "plain.gz"))
    #expect(plain.dimensions == [2, 3, 300])
    #expect(plain.bytes == bytes)
    #expect(try IDX(contentsOf: folder.writeCompressed(file, to: "compressed")) == plain)
  }

  @Test func missingFileIsNamedWithAdvice() {
    #expect(throws: DatasetError.missingFile(path: "/nowhere/x", advice: "buy it")) {
      try IDX(contentsOf: "/nowhere/x", advice: "buy it")
    }
  }

  @Test func folderInPlaceOfAFileIsUnreadable() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    #expect(throws: DatasetError.unreadable(path: path, reason: "Is a directory")) {
      try IDX(contentsOf: path)
    }
  }

  @Test func truncatedFileTellsExpectedAndFoundBytes() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(file.dropLast(10), to: "short")
    let error = DatasetError.truncated(path: path, expectedBytes: 1816, foundBytes: 1806)
    #expect(throws: error) { try IDX(contentsOf: path) }
    #expect(
      error.description == "data file '\(path)' is truncated: 1806 bytes found, 1816 expected")
  }

  @Test func truncatedHeaderIsTruncated() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Array(file[..<9]), to: "short")
    #expect(throws: DatasetError.truncated(path: path, expectedBytes: 16, foundBytes: 9)) {
      try IDX(contentsOf: path)
    }
  }

  @Test(arguments: [
    ([], "first bytes []"),
    ([0x89, 0x50, 0x4e, 0x47, 1, 2, 3], "first bytes [137, 80, 78, 71]"),
    ([0, 0, 8, 0], "first bytes [0, 0, 8, 0]"),
    ([0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0], "elements of type 32-bit float"),
    ([0, 0, 8, 1, 0, 0, 0, 1, 5, 6], "bytes after its array"),
    ([0, 0, 8, 3] + [UInt8](repeating: 255, count: 12), "dimensions"),
  ])
  func otherContentIsRefused(bytes: [UInt8], found: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes, to: "other")
    let error = #expect(throws: DatasetError.self) { try IDX(contentsOf: path) }
    guard case .wrongContent(path, let reported, _) = error else {
      Issue.record("wrong content expected, not \(String(describing: error))")
      return
    }
    #expect(reported.contains(found))
  }

  @Test func hugeHeaderOfAShortFileTakesNoMemory() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      [0, 0, 8, 2] + [0x40, 0, 0, 0] + [0x10, 0, 0, 0] + [1, 2], to: "huge")
    #expect(
      throws: DatasetError.truncated(path: path, expectedBytes: 12 + 1 << 58, foundBytes: 14)
    ) {
      try IDX(contentsOf: path)
    }
  }

  @Test func damagedCompressionIsReported() throws {
    let folder = try TemporaryFolder()
    let whole = try [UInt8](
      Data(contentsOf: URL(filePath: folder.writeCompressed(file, to: "whole"))))
    var flipped = whole
    flipped[whole.count - 6] ^= 1
    for (bytes, name) in [(flipped, "checksum"), (Array(whole.dropLast(20)), "cut")] {
      let path = try folder.write(bytes, to: name)
      let error = #expect(throws: DatasetError.self) { try IDX(contentsOf: path) }
      guard case .corruptCompression(path, _) = error else {
        Issue.record("\(name): damage expected, not \(String(describing: error))")
        return
      }
    }
  }
}
