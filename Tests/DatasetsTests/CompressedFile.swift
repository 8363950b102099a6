import CZlib
import TestSupport

extension TemporaryFolder {
  /// Writes a file through gzip and returns its path.
  @discardableResult
  func writeCompressed(_ bytes: [UInt8], to name: String) -> String {
    let path = "\(path)/\(name)"
    let file = gzopen(path, "wb")
    gzwrite(file, bytes, UInt32(bytes.count))
    gzclose(file)
    return path
  }
}
