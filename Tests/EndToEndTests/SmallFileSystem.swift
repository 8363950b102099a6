import Foundation

/// A file system in memory that holds a few megabytes, mounted as long as the value lives.
///
/// Only root may mount; ``isAllowed`` tells whether this process may.
struct SmallFileSystem: ~Copyable {
  /// Where it is mounted.
  let url: URL

  /// Whether one can be mounted here.
  static let isAllowed: Bool = {
    let folder = FileManager.default.temporaryDirectory.appending(path: "probe-\(UUID())")
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { rmdir(folder.path) }
    guard mount("tmpfs", folder.path, "tmpfs", 0, "size=1m") == 0 else { return false }
    return umount(folder.path) == 0
  }()

  /// Mounts an empty one.
  init(megabytes: Int) throws {
    url = FileManager.default.temporaryDirectory.appending(path: "helmholtz-small-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    guard mount("tmpfs", url.path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
      throw POSIXError(.EPERM)
    }
  }

  /// Takes space with a file, until that is removed.
  func fill(megabytes: Int) throws -> URL {
    let file = url.appending(path: "other-data")
    try Data(count: megabytes << 20).write(to: file)
    return file
  }

  deinit {
    // Lazily: a process that has been killed may not be quite gone.
    umount2(url.path, Int32(MNT_DETACH))
    rmdir(url.path)
  }
}
