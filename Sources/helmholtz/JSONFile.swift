import Checkpoints
import Foundation

/// Writes a value as JSON, with keys in order so that equal values give equal files.
func write(_ value: some Encodable, to path: String) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  let text = String(decoding: try encoder.encode(value), as: UTF8.self)
  try AtomicFile.write(text + "\n", to: URL(filePath: path))
}
