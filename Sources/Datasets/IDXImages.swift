/// Grey square images in the files of the MNIST family, without their labels.
///
/// The folder holds `train-images-idx3-ubyte` and `t10k-images-idx3-ubyte`, each plain or with the
/// ending `.gz`.
public struct IDXImages: Dataset {
  private let images: ByteImages
  private let split: DatasetSplit

  /// Reads a split.
  ///
  /// - Parameters:
  ///   - folder: The folder that holds the files.
  ///   - split: Which images to read.
  ///   - size: The height and width to give out; smaller images get a border of zeros.
  /// - Throws: `DatasetError` if the file is missing or damaged, or its images do not fit the size.
  public init(folder: String, split: DatasetSplit, size: Int) throws(DatasetError) {
    let name = split == .train ? "train" : "t10k"
    let (path, file) = try Self.read("\(folder)/\(name)-images-idx3-ubyte")
    let dimensions = file.dimensions
    guard dimensions.count == 3, dimensions[1] == dimensions[2], dimensions[1] > 0 else {
      throw .wrongContent(
        path: path, found: "dimensions \(dimensions)", expected: "(images, size, size)")
    }
    let border = size - dimensions[1]
    guard border >= 0, border.isMultiple(of: 2) else {
      throw .unsupportedSetting(
        dataset: "idx", found: "image size \(size)",
        expected: "\(dimensions[1]), the size in the file, or that and an equal border on all sides"
      )
    }
    self.split = split
    images = ByteImages(
      count: dimensions[0], channels: 1, height: dimensions[1], width: dimensions[2],
      padding: border / 2, bytes: file.bytes)
  }

  // The uncompressed file is read faster, so it is tried first.
  private static func read(_ path: String) throws(DatasetError) -> (path: String, array: IDX) {
    let advice = "set dataset.path to the folder of the data set"
    do {
      return (path, try IDX(contentsOf: path, advice: advice))
    } catch .missingFile {
      return (path + ".gz", try IDX(contentsOf: path + ".gz", advice: advice))
    }
  }

  /// The name for logs: the format and the split.
  public var name: String { "idx \(split.rawValue)" }

  /// The number of images of the split.
  public var count: Int { images.count }

  /// One channel, height and width.
  public var shape: [Int] { images.shape }

  /// Writes one image with values in [0, 1].
  public func copyExample(
    _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
  ) {
    images.copy(index, flipped: flipped, into: out)
  }
}
