/// Fashion-MNIST: 60,000 training and 10,000 test images of clothes, grey, in ten classes.
///
/// Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST", 2017, arXiv 1708.07747.
public struct FashionMNIST: ImageFileDataset {
  /// Where Debian's package `dataset-fashion-mnist` installs the files.
  public static let debianFolder = "/usr/share/datasets/fashion-mnist"

  /// The class of each image, 0 to 9.
  public let labels: [UInt8]

  /// Ten.
  public var classes: Int { 10 }

  /// The class of an image, 0 to 9.
  public func label(_ index: Int) -> Int { Int(labels[index]) }

  static let format = "fashion-mnist"
  let images: ByteImages
  let split: DatasetSplit

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
        dataset: Self.format, found: "image size \(size)", expected: "28 or 32")
    }
    let advice =
      "install Debian's package 'dataset-fashion-mnist' or set the folder of the data set"
    let (imagePath, imageFile) = try IDX.read(.images, of: split, in: folder, advice: advice)
    let (labelPath, labelFile) = try IDX.read(.labels, of: split, in: folder, advice: advice)
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
}
