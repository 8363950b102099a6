/// Why a data set cannot be read.
public enum DatasetError: Error, Equatable {
  /// A file does not exist; `advice` says where to get it.
  case missingFile(path: String, advice: String)

  /// The system refuses to read a file.
  case unreadable(path: String, reason: String)

  /// A file holds something else than it should.
  case wrongContent(path: String, found: String, expected: String)

  /// A file ends too early; the numbers count uncompressed bytes.
  case truncated(path: String, expectedBytes: Int, foundBytes: Int)

  /// The gzip stream of a file is damaged.
  case corruptCompression(path: String, reason: String)

  /// A setting of a data set has a value that it does not offer.
  case unsupportedSetting(dataset: String, found: String, expected: String)
}

extension DatasetError: CustomStringConvertible {
  /// One line that names the file, what was found, and what was expected.
  public var description: String {
    switch self {
    case .missingFile(let path, let advice):
      "data file '\(path)' does not exist; \(advice)"
    case .unreadable(let path, let reason):
      "data file '\(path)' cannot be read: \(reason)"
    case .wrongContent(let path, let found, let expected):
      "data file '\(path)' has \(found), expected \(expected)"
    case .truncated(let path, let expectedBytes, let foundBytes):
      "data file '\(path)' is truncated: \(foundBytes) bytes found, \(expectedBytes) expected"
    case .corruptCompression(let path, let reason):
      "data file '\(path)' is damaged: \(reason)"
    case .unsupportedSetting(let dataset, let found, let expected):
      "data set \(dataset) does not offer \(found), expected \(expected)"
    }
  }
}
