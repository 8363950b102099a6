public import Foundation

/// Replaces small files so that a reader sees the old content or the new one, never a mixture.
public enum AtomicFile {
  /// Writes a file durably: to a temporary name, flushed, renamed, the folder flushed.
  ///
  /// - Parameters:
  ///   - bytes: The whole content.
  ///   - url: The file to create or replace; its folder must exist.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)``; the old content is then
  ///   still in place.
  public static func write(_ bytes: [UInt8], to url: URL) throws(CheckpointError) {
    let folder = url.deletingLastPathComponent()
    let process = ProcessInfo.processInfo.processIdentifier
    let temporary = folder.appending(path: ".\(url.lastPathComponent).\(process).partial")
    do {
      let file = try FileWriter(creating: temporary)
      try file.append(bytes)
      try file.finish()
      try Folder.rename(temporary, to: url)
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw error
    }
    try Folder.synchronize(folder)
  }

  /// Whether a name is that of a file which is being written, or was when its process was killed.
  static func isTemporary(_ name: String) -> Bool {
    name.hasPrefix(".") && name.hasSuffix(".partial")
  }

  /// Writes a text in UTF-8 durably.
  ///
  /// - Parameters:
  ///   - text: The whole content.
  ///   - url: The file to create or replace; its folder must exist.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)``; the old content is then
  ///   still in place.
  public static func write(_ text: String, to url: URL) throws(CheckpointError) {
    try write(Array(text.utf8), to: url)
  }
}
