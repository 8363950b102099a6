/// A data set of images that were read from files into memory.
///
/// What a format adds is its reading and its checks; the images are given out alike.
protocol ImageFileDataset: Dataset {
  /// The name of the format in messages and logs.
  static var format: String { get }

  /// The images of the split.
  var images: ByteImages { get }

  /// Which images were read.
  var split: DatasetSplit { get }
}

extension ImageFileDataset {
  /// The name for logs: the format and the split.
  public var name: String { "\(Self.format) \(split.rawValue)" }

  /// The number of images of the split.
  public var count: Int { images.count }

  /// Channels, height and width.
  public var shape: [Int] { images.shape }

  /// Writes one image with values in [0, 1].
  public func copyExample(
    _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
  ) {
    images.copy(index, flipped: flipped, into: out)
  }
}
