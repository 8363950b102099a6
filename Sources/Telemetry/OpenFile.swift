import Glibc

/// A file descriptor that closes itself and writes without a buffer.
struct OpenFile: ~Copyable {
  enum Mode {
    case reading
    case appending
    case replacing

    fileprivate var flags: Int32 {
      switch self {
      case .reading: O_RDONLY
      case .appending: O_WRONLY | O_CREAT | O_APPEND
      case .replacing: O_WRONLY | O_CREAT | O_TRUNC
      }
    }
  }

  private let path: String
  private let descriptor: Int32

  init(_ path: String, for mode: Mode) throws(TelemetryError) {
    self.path = path
    descriptor = open(path, mode.flags | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw systemError(path, "open") }
  }

  deinit {
    close(descriptor)
  }

  /// Writes all bytes, in one call of the system unless it takes them in parts.
  func write(_ bytes: [UInt8]) throws(TelemetryError) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress! + start, bytes.count - start)
      }
      if written < 0, errno == EINTR { continue }
      guard written >= 0 else { throw systemError(path, "write") }
      start += written
    }
  }

  func readAll() throws(TelemetryError) -> [UInt8] {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 1)
    defer { chunk.deallocate() }
    var bytes: [UInt8] = []
    while true {
      let found = read(descriptor, chunk.baseAddress, chunk.count)
      if found < 0, errno == EINTR { continue }
      guard found >= 0 else { throw systemError(path, "read") }
      guard found > 0 else { return bytes }
      bytes.append(contentsOf: chunk[..<found])
    }
  }

  /// Appends all bytes or none, so that a full disk leaves no torn line before later ones.
  func append(_ bytes: [UInt8]) throws(TelemetryError) {
    let end = lseek(descriptor, 0, SEEK_END)
    do {
      try write(bytes)
    } catch {
      if end >= 0 { _ = ftruncate(descriptor, end) }
      throw error
    }
  }

  /// Waits until the content has reached the disk.
  func synchronize() throws(TelemetryError) {
    guard fsync(descriptor) == 0 else { throw systemError(path, "write") }
  }
}

/// Puts `bytes` in the place of a file's content, so that a reader or a crash meets either the
/// old or the new content, never a part.
func replaceFile(_ path: String, with bytes: [UInt8]) throws(TelemetryError) {
  let temporary = path + ".partial"
  do {
    let file = try OpenFile(temporary, for: .replacing)
    try file.write(bytes)
    try file.synchronize()
  } catch {
    unlink(temporary)
    throw error
  }
  guard rename(temporary, path) == 0 else { throw systemError(path, "replace") }
}

private func systemError(_ path: String, _ operation: String) -> TelemetryError {
  .file(path: path, operation: operation, reason: String(cString: strerror(errno)))
}
