/// CIFAR-10: 50,000 training and 10,000 test images, RGB, 32x32, in ten classes.
///
/// Read from the binary version: records of one label byte and 3,072 pixels as (channel, row,
/// column). Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
public struct CIFAR10: ImageFileDataset {
  /// The class of each image, 0 to 9.
  public let labels: [UInt8]

  /// Ten.
  public var classes: Int { 10 }

  /// The class of an image, 0 to 9.
  public func label(_ index: Int) -> Int { Int(labels[index]) }

  /// The heights and widths that images are offered in; smaller ones are means of squares.
  public static let sizes = [32, 16, 8]

  static let format = "cifar10"
  let images: ByteImages
  let split: DatasetSplit

  /// Reads a split: `data_batch_1.bin` to `data_batch_5.bin`, or `test_batch.bin`.
  ///
  /// - Parameters:
  ///   - folder: The folder that holds the files, named `cifar-10-batches-bin` in the archive.
  ///   - split: Which images to read.
  ///   - size: Height and width, one of ``sizes``.
  /// - Throws: `DatasetError` if a file is missing, truncated or no file of this format, or for
  ///   another size.
  public init(
    folder: String, split: DatasetSplit = .train, size: Int = 32
  ) throws(DatasetError) {
    guard Self.sizes.contains(size) else {
      throw .unsupportedSetting(
        dataset: Self.format, found: "image size \(size)", expected: "32, 16 or 8")
    }
    let files = split == .train ? (1...5).map { "data_batch_\($0).bin" } : ["test_batch.bin"]
    var labels: [UInt8] = []
    var pixels: [UInt8] = []
    for file in files {
      let path = "\(folder)/\(file)"
      let records = try Self.records(of: path)
      for start in stride(from: 0, to: records.count, by: recordSize) {
        guard records[start] < 10 else {
          throw .wrongContent(
            path: path, found: "label \(records[start]) in record \(start / recordSize)",
            expected: "labels 0 to 9")
        }
        labels.append(records[start])
        pixels.append(contentsOf: records[start + 1..<start + recordSize])
      }
    }
    self.split = split
    self.labels = labels
    images = ByteImages(
      count: labels.count, channels: 3, height: 32, width: 32, padding: 0, reduction: 32 / size,
      bytes: pixels)
  }

  private static func records(of path: String) throws(DatasetError) -> [UInt8] {
    let source = try ByteSource(
      path: path, advice: "set the folder to the unpacked CIFAR-10 binary version")
    let bytes = try source.read(atMost: 10_000 * recordSize)
    guard try source.isAtEnd() else {
      throw .wrongContent(
        path: path, found: "more than \(bytes.count) bytes", expected: "at most 10,000 records")
    }
    guard !bytes.isEmpty, bytes.count % recordSize == 0 else {
      let expected = (bytes.count / recordSize + 1) * recordSize
      throw .truncated(path: path, expectedBytes: expected, foundBytes: bytes.count)
    }
    return bytes
  }
}

private let recordSize = 1 + 3 * 32 * 32
