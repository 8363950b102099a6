import Foundation
import TestSupport

/// A temporary folder with one reference case that a test may damage.
final class CaseFolder {
  private let folder: TemporaryFolder
  private let name: String
  var url: URL { folder.url }
  private var file: URL { url.appending(path: "\(name).safetensors") }
  private var index: URL { url.appending(path: "index.json") }

  private struct Malformed: Error {}

  init(copying original: String, from fixtures: URL, as name: String? = nil) throws {
    self.name = name ?? original
    folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      at: fixtures.appending(path: "\(original).safetensors"), to: file)
    let all = try JSONSerialization.jsonObject(
      with: Data(contentsOf: fixtures.appending(path: "index.json")))
    guard let cases = (all as? [String: Any])?["cases"] as? [[String: Any]],
      var record = cases.first(where: { $0["name"] as? String == original })
    else { throw Malformed() }
    record["name"] = self.name
    record["file"] = file.lastPathComponent
    try JSONSerialization.data(withJSONObject: ["cases": [record]]).write(to: index)
  }

  /// Changes a float32 tensor of the file.
  func scaleFirstElement(of tensor: String, by factor: Float) throws {
    var bytes = try Data(contentsOf: file)
    let start = try dataStart(bytes) + offset(of: tensor, in: bytes)
    let value = bytes[start..<start + 4].withUnsafeBytes { $0.loadUnaligned(as: Float.self) }
    withUnsafeBytes(of: value * factor) { bytes.replaceSubrange(start..<start + 4, with: $0) }
    try bytes.write(to: file)
  }

  /// Renames a tensor in file and index; both names have the same length.
  func rename(_ tensor: String, to other: String) throws {
    for url in [file, index] {
      var bytes = try Data(contentsOf: url)
      for form in ["\"\(tensor)\"", "\"\(tensor.replacing("/", with: "\\/"))\""] {
        while let range = bytes.range(of: Data(form.utf8)) {
          let replacement = form.contains("\\") ? other.replacing("/", with: "\\/") : other
          bytes.replaceSubrange(range, with: Data("\"\(replacement)\"".utf8))
        }
      }
      try bytes.write(to: url)
    }
  }

  /// Cuts the last bytes off the file.
  func truncate() throws {
    let bytes = try Data(contentsOf: file)
    try bytes.dropLast(100).write(to: file)
  }

  private func dataStart(_ bytes: Data) -> Int {
    8 + Int(bytes[0..<8].withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
  }

  private func offset(of tensor: String, in bytes: Data) throws -> Int {
    let header = try JSONSerialization.jsonObject(with: bytes[8..<dataStart(bytes)])
    guard let entry = (header as? [String: Any])?[tensor] as? [String: Any],
      let offsets = entry["data_offsets"] as? [Int]
    else { throw Malformed() }
    return offsets[0]
  }
}
