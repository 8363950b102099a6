import CZlib
import Glibc

/// The bytes of a file, decompressed on the way if its content is a gzip stream.
///
/// zlib tells the two apart by the first bytes, so the file's name does not matter.
struct ByteSource: ~Copyable {
  let path: String
  private let file: gzFile

  /// Opens a file; `advice` completes the message if it does not exist.
  init(path: String, advice: String) throws(DatasetError) {
    errno = 0
    guard let file = gzopen(path, "rb") else {
      guard errno != ENOENT else { throw .missingFile(path: path, advice: advice) }
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    gzbuffer(file, 1 << 17)
    self.path = path
    self.file = file
  }

  deinit {
    gzclose(file)
  }

  /// Returns the next `count` bytes, or fewer at the end of the file.
  ///
  /// Memory grows with what is there rather than with `count`, which a damaged header may have
  /// made huge.
  func read(atMost count: Int) throws(DatasetError) -> [UInt8] {
    let chunk = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: min(count, 1 << 20))
    defer { chunk.deallocate() }
    var bytes: [UInt8] = []
    while bytes.count < count {
      let wanted = min(chunk.count, count - bytes.count)
      let found = gzread(file, chunk.baseAddress, UInt32(wanted))
      guard found >= 0 else { throw failure() }
      bytes.append(contentsOf: chunk[..<Int(found)])
      if found < wanted {
        try checkEnd()
        break
      }
    }
    return bytes
  }

  /// Returns whether all bytes have been read.
  func isAtEnd() throws(DatasetError) -> Bool {
    try read(atMost: 1).isEmpty
  }

  // A compressed file that stops in the middle gives all it has before it reports the error.
  private func checkEnd() throws(DatasetError) {
    var code: Int32 = Z_OK
    gzerror(file, &code)
    guard code == Z_OK || code == Z_STREAM_END else { throw failure() }
  }

  private func failure() -> DatasetError {
    let systemError = errno
    var code: Int32 = Z_OK
    let message = gzerror(file, &code).map { String(cString: $0) } ?? ""
    guard code != Z_ERRNO else {
      return .unreadable(path: path, reason: String(cString: strerror(systemError)))
    }
    return .corruptCompression(path: path, reason: message)
  }
}
