import Foundation
import Glibc

/// Operations on folders that survive a power failure once they return.
enum Folder {
  /// Creates a folder and those above it; an existing one is left alone.
  static func create(_ url: URL) throws(CheckpointError) {
    guard mkdir(url.path, 0o755) != 0 else { return }
    switch errno {
    case EEXIST where exists(url): return
    case ENOENT where url.pathComponents.count > 1:
      try create(url.deletingLastPathComponent())
      guard mkdir(url.path, 0o755) == 0 || errno == EEXIST else {
        throw .failure(of: "create", on: url.path)
      }
    default: throw .failure(of: "create", on: url.path)
    }
  }

  static func exists(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// The names in a folder in order, none if there is no such folder.
  static func names(in url: URL) throws(CheckpointError) -> [String] {
    guard let stream = opendir(url.path) else {
      if errno == ENOENT { return [] }
      throw .failure(of: "list", on: url.path)
    }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
      errno = 0
    }
    guard errno == 0 else { throw .failure(of: "list", on: url.path) }
    return names.sorted()
  }

  /// Makes the entries of a folder durable; `fsync` of a file does not do that.
  static func synchronize(_ url: URL) throws(CheckpointError) {
    let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .failure(of: "open", on: url.path) }
    defer { close(descriptor) }
    // Some network file systems cannot flush a folder and say EINVAL; their renames are durable.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw .failure(of: "flush", on: url.path)
    }
  }

  static func rename(_ source: URL, to destination: URL) throws(CheckpointError) {
    guard Glibc.rename(source.path, destination.path) == 0 else {
      throw .failure(of: "rename to \(destination.lastPathComponent)", on: source.path)
    }
  }

  /// Removes a file, or a folder with all that is in it.
  static func remove(_ url: URL) throws(CheckpointError) {
    if exists(url) && !isLink(url) {
      for name in try names(in: url) { try remove(url.appending(path: name)) }
      guard rmdir(url.path) == 0 else { throw .failure(of: "remove", on: url.path) }
    } else {
      guard unlink(url.path) == 0 else { throw .failure(of: "remove", on: url.path) }
    }
  }

  private static func isLink(_ url: URL) -> Bool {
    var status = stat()
    return lstat(url.path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
