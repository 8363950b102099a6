import Foundation
import Glibc

/// A file open for reading at any offset, from any thread.
final class FileReader: Sendable {
  let path: String
  let byteCount: Int
  private let descriptor: CInt

  /// Opens a file.
  ///
  /// `isPart` says that it belongs to a checkpoint: then a link, which may lead anywhere, and anything
  /// else that is no file are damage.
  init(opening url: URL, isPart: Bool = false) throws(CheckpointError) {
    path = url.path
    // Opening a pipe would wait for somebody who writes.
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (isPart ? O_NOFOLLOW : 0)
    let descriptor = open(path, flags)
    guard descriptor >= 0 else {
      if errno == ENOENT { throw .missing(path: path, expected: "a file") }
      if errno == ELOOP && isPart {
        throw .damaged(path: path, found: "a symbolic link", expected: "a file")
      }
      throw .failure(of: "open", on: path)
    }
    self.descriptor = descriptor
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      byteCount = 0
      throw .failure(of: "inspect", on: path)
    }
    byteCount = Int(status.st_size)
    guard status.st_mode & S_IFMT == S_IFREG else {
      let found = "a folder or device"
      throw isPart
        ? .damaged(path: path, found: found, expected: "a file")
        : .mismatched(path: path, subject: "kind of file", found: found, expected: "a file")
    }
  }

  deinit { close(descriptor) }

  /// Fills `destination` from the bytes at `offset`.
  func read(into destination: UnsafeMutableRawBufferPointer, at offset: Int)
    throws(CheckpointError)
  {
    var done = 0
    while done < destination.count {
      let count = pread(
        descriptor, destination.baseAddress! + done, destination.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .failure(of: "read", on: path) }
      guard count > 0 else {
        throw .damaged(
          path: path, found: "the end of the file at byte \(offset + done)",
          expected: "data up to byte \(offset + destination.count)")
      }
      done += count
    }
  }

  /// Returns `count` bytes at `offset`.
  func bytes(at offset: Int, count: Int) throws(CheckpointError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try bytes.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
      try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
    }
    return bytes
  }

  /// Computes the checksum of the whole file in pieces of bounded size.
  func checksum() throws(CheckpointError) -> UInt32 {
    var checksum = CRC32C()
    var piece = [UInt8](repeating: 0, count: min(max(byteCount, 1), 1 << 20))
    var offset = 0
    while offset < byteCount {
      let count = min(piece.count, byteCount - offset)
      try piece.withUnsafeMutableBufferPointer { (buffer) throws(CheckpointError) in
        let raw = UnsafeMutableRawBufferPointer(
          UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        try read(into: raw, at: offset)
        checksum.update(UnsafeRawBufferPointer(raw))
      }
      offset += count
    }
    return checksum.value
  }
}

extension CheckpointError {
  /// The error for a system call that has just failed, with the system's own text.
  static func failure(of operation: String, on path: String) -> CheckpointError {
    .inaccessible(path: path, operation: operation, reason: String(cString: strerror(errno)))
  }
}
