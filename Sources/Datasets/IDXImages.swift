/// Grey square images in the files of the MNIST family, without their labels.
///
/// The folder holds `train-images-idx3-ubyte` and `t10k-images-idx3-ubyte`, each plain or with the
/// ending `.gz`.
public struct IDXImages: ImageFileDataset {
  static let format = "idx"
  let images: ByteImages
  let split: DatasetSplit

  /// Reads a split.
  ///
  /// - Parameters:
  ///   - folder: The folder that holds the files.
  ///   - split: Which images to read.
  ///   - size: The height and width to give out; smaller images get a border of zeros.
  /// - Throws: `DatasetError` if the file is missing or damaged, or its images do not fit the size.
  public init(folder: String, split: DatasetSplit, size: Int) throws(DatasetError) {
    let (path, file) = try IDX.read(
      .images, of: split, in: folder, advice: "set dataset.path to the folder of the data set")
    let dimensions = file.dimensions
    guard dimensions.count == 3, dimensions[1] == dimensions[2], dimensions[1] > 0 else {
      throw .wrongContent(
        path: path, found: "dimensions \(dimensions)", expected: "(images, size, size)")
    }
    let border = size - dimensions[1]
    guard border >= 0, border.isMultiple(of: 2) else {
      throw .unsupportedSetting(
        dataset: Self.format, found: "image size \(size)",
        expected: "\(dimensions[1]), the size in the file, or that and an equal border on all sides"
      )
    }
    self.split = split
    images = ByteImages(
      count: dimensions[0], channels: 1, height: dimensions[1], width: dimensions[2],
      padding: border / 2, bytes: file.bytes)
  }
}
