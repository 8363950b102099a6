/// The examples of one class of a data set.
public struct ClassView: Dataset {
  private let whole: any Dataset
  private let only: Int
  private let indices: [Int]

  /// Restricts a data set.
  ///
  /// - Parameters:
  ///   - whole: A data set with labels.
  ///   - only: The class that is kept.
  /// - Throws: `DatasetError` if the data set has no example of that class.
  public init(_ whole: any Dataset, only: Int) throws(DatasetError) {
    let indices =
      whole.classes == 0 ? [] : (0..<whole.count).filter { whole.label($0) == only }
    guard !indices.isEmpty else {
      throw .unsupportedSetting(
        dataset: whole.name, found: "class \(only)",
        expected: whole.classes == 0
          ? "none: it has no labels" : "one from 0 to \(whole.classes - 1) with examples")
    }
    (self.whole, self.only, self.indices) = (whole, only, indices)
  }

  /// The name for logs.
  public var name: String { "\(whole.name), class \(only)" }

  /// The number of examples of the class.
  public var count: Int { indices.count }

  /// The shape of one example.
  public var shape: [Int] { whole.shape }

  /// The number of classes of the whole data set.
  public var classes: Int { whole.classes }

  /// The class of all examples.
  public func label(_ index: Int) -> Int { only }

  /// Writes one example of the class.
  public func copyExample(
    _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
  ) {
    whole.copyExample(indices[index], flipped: flipped, into: out)
  }
}
