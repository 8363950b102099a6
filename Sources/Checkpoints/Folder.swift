import Foundation
import Glibc

/// Operations on folders that survive a power failure once they return.
enum Folder {
  static func create(_ url: URL) throws(CheckpointError) {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw .inaccessible(path: url.path, operation: "create", reason: reason(error))
    }
  }

  static func exists(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// The names in a folder in order, none if there is no such folder.
  static func names(in url: URL) throws(CheckpointError) -> [String] {
    guard exists(url) else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    } catch {
      throw .inaccessible(path: url.path, operation: "list", reason: reason(error))
    }
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

  static func remove(_ url: URL) throws(CheckpointError) {
    do {
      try FileManager.default.removeItem(at: url)
    } catch {
      throw .inaccessible(path: url.path, operation: "remove", reason: reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    if let underlying, underlying.domain == NSPOSIXErrorDomain {
      return String(cString: strerror(CInt(underlying.code)))
    }
    return error.localizedDescription
  }
}
