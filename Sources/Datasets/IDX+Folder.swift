extension IDX {
  /// What a file of the MNIST family holds; the raw value is what its name has after the split.
  enum Content: String {
    case images = "images-idx3-ubyte"
    case labels = "labels-idx1-ubyte"
  }

  /// Reads a file of a folder that is laid out as the MNIST family is, plain or with the ending
  /// `.gz`.
  ///
  /// - Parameters:
  ///   - content: Whether to read the images or the labels.
  ///   - split: Which of them to read.
  ///   - folder: The folder that holds the files.
  ///   - advice: What to do if neither file exists, for the message.
  /// - Returns: The path of the file that was read, for messages, and what it holds.
  /// - Throws: `DatasetError` if the file is missing, damaged, of another format or truncated.
  static func read(
    _ content: Content, of split: DatasetSplit, in folder: String, advice: String
  ) throws(DatasetError) -> (path: String, array: IDX) {
    let prefix = split == .train ? "train" : "t10k"
    let path = "\(folder)/\(prefix)-\(content.rawValue)"
    // The uncompressed file is read faster, so it is tried first.
    do {
      return (path, try IDX(contentsOf: path, advice: advice))
    } catch .missingFile {
      return (path + ".gz", try IDX(contentsOf: path + ".gz", advice: advice))
    }
  }
}
