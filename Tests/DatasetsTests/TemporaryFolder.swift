import CZlib
import Foundation

/// A folder that lives as long as the value.
struct TemporaryFolder: ~Copyable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file and returns its path.
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(bytes).write(to: URL(filePath: file))
    return file
  }

  /// Writes a file through gzip and returns its path.
  func writeCompressed(_ bytes: [UInt8], to name: String) -> String {
    let path = "\(path)/\(name)"
    let file = gzopen(path, "wb")
    gzwrite(file, bytes, UInt32(bytes.count))
    gzclose(file)
    return path
  }
}

/// Returns the bytes of an IDX file of unsigned bytes.
func idxFile(dimensions: [Int], bytes: [UInt8]) -> [UInt8] {
  let extents = dimensions.flatMap { extent in
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: extent >> $0) }
  }
  return [0, 0, 8, UInt8(dimensions.count)] + extents + bytes
}
