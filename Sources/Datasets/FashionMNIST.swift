/// Fashion-MNIST: 60,000 training and 10,000 test images of clothes, grey, in ten classes.
///
/// Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST", 2017, arXiv 1708.07747.
public struct FashionMNIST: Dataset {
  /// Where Debian's package `dataset-fashion-mnist` installs the files.
  public static let debianFolder = "/usr/share/datasets/fashion-mnist"

  /// The class of each image, 0 to 9.
  public let labels: [UInt8]

  private let images: ByteImages
  private let split: DatasetSplit

  /// Reads a split from the four files of the data set, each plain or with the ending `.gz`.
  ///
  /// - Parameters:
  ///   - folder: The folder that holds the files.
  ///   - split: Which images to read.
  ///   - size: The height and width to give out: 28, or 32 by a border of zeros.
  /// - Throws: `DatasetError` if a file is missing or damaged, or the size is another one.
  public init(
    folder: String = debianFolder, split: DatasetSplit = .train, size: Int = 32
  ) throws(DatasetError) {
    guard size == 28 || size == 32 else {
      throw .unsupportedSetting(
        dataset: "fashion-mnist", found: "image size \(size)", expected: "28 or 32")
    }
    let prefix = split == .train ? "train" : "t10k"
    let (imagePath, imageFile) = try Self.read("\(folder)/\(prefix)-images-idx3-ubyte")
    let (labelPath, labelFile) = try Self.read("\(folder)/\(prefix)-labels-idx1-ubyte")
    guard imageFile.dimensions.count == 3, imageFile.dimensions[1...] == [28, 28] else {
      throw .wrongContent(
        path: imagePath, found: "dimensions \(imageFile.dimensions)",
        expected: "(images, 28, 28)")
    }
    guard labelFile.dimensions == [imageFile.dimensions[0]] else {
      throw .wrongContent(
        path: labelPath, found: "dimensions \(labelFile.dimensions)",
        expected: "one label for each of \(imageFile.dimensions[0]) images")
    }
    self.split = split
    labels = labelFile.bytes
    images = ByteImages(
      count: labels.count, channels: 1, height: 28, width: 28, padding: (size - 28) / 2,
      bytes: imageFile.bytes)
  }

  // The uncompressed file is read faster, so it is tried first.
  private static func read(_ path: String) throws(DatasetError) -> (path: String, array: IDX) {
    let advice =
      "install Debian's package 'dataset-fashion-mnist' or set the folder of the data set"
    do {
      return (path, try IDX(contentsOf: path, advice: advice))
    } catch .missingFile {
      return (path + ".gz", try IDX(contentsOf: path + ".gz", advice: advice))
    }
  }

  /// The name for logs: the data set and its split.
  public var name: String { "fashion-mnist \(split.rawValue)" }

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
