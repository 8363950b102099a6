import Foundation
import Glibc

/// A new file that is written from front to back and summed on the way.
final class FileWriter {
  let path: String
  private(set) var byteCount = 0
  private(set) var checksum = CRC32C()
  private var descriptor: CInt

  /// Creates a file; an existing one is emptied, or refused if the file must be new.
  init(creating url: URL, mustBeNew: Bool = false) throws(CheckpointError) {
    path = url.path
    descriptor = open(
      path, O_WRONLY | O_CREAT | O_CLOEXEC | (mustBeNew ? O_EXCL : O_TRUNC), 0o644)
    guard descriptor >= 0 else { throw .failure(of: "create", on: path) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    var done = 0
    while done < bytes.count {
      let count = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .failure(of: "write", on: path) }
      done += count
    }
    byteCount += bytes.count
    checksum.update(bytes)
  }

  func append(_ bytes: [UInt8]) throws(CheckpointError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(CheckpointError) in
      try append(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Waits until the storage holds the bytes, then closes the file.
  func finish() throws(CheckpointError) {
    guard fsync(descriptor) == 0 else { throw .failure(of: "flush", on: path) }
    let closing = descriptor
    descriptor = -1
    // Network file systems report a failed write as late as here.
    guard close(closing) == 0 else { throw .failure(of: "close", on: path) }
  }
}
