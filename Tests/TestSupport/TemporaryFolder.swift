public import Foundation

/// A folder for one test that lives as long as the value.
///
/// It is not copyable, so that it is removed at the end of the scope that holds it and not, as an
/// object may be, after its last use.
public struct TemporaryFolder: ~Copyable {
  /// The address of the folder.
  public let url: URL

  /// The path of the folder.
  public var path: String { url.path }

  /// Creates an empty folder of a name of its own.
  ///
  /// - Throws: An error of the file system.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "helmholtz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// Writes a file of bytes.
  ///
  /// - Parameters:
  ///   - bytes: The content.
  ///   - name: The name in the folder.
  /// - Returns: The path of the file.
  /// - Throws: An error of the file system.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = url.appending(path: name)
    // Some file systems flush a file that is emptied and written again, which takes milliseconds.
    try? FileManager.default.removeItem(at: file)
    try Data(bytes).write(to: file)
    return file.path
  }

  /// Writes a file of text in UTF-8.
  ///
  /// - Parameters:
  ///   - text: The content.
  ///   - name: The name in the folder.
  /// - Returns: The path of the file.
  /// - Throws: An error of the file system.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }
}
