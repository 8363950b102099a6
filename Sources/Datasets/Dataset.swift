/// A fixed collection of examples of one shape.
///
/// Data sets lie in memory, are read-only, and may be used from several threads at once.
public protocol Dataset: Sendable {
  /// The name for logs and messages.
  var name: String { get }

  /// The number of examples.
  var count: Int { get }

  /// The shape of one example: (channels, height, width) of an image or (dimensions) of a point.
  var shape: [Int] { get }

  /// The number of classes; 0 if examples have no labels.
  var classes: Int { get }

  /// The class of an example, from 0; to be asked only where there are classes.
  func label(_ index: Int) -> Int

  /// Writes one example in row-major order.
  ///
  /// - Parameters:
  ///   - index: The number of the example, below `count`.
  ///   - flipped: Whether the image is mirrored left to right; points cannot be.
  ///   - out: Memory for exactly the elements of one example.
  func copyExample(_ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>)
}

extension Dataset {
  /// No labels.
  public var classes: Int { 0 }

  /// A data set without labels cannot be asked.
  public func label(_ index: Int) -> Int {
    preconditionFailure("data set \(name) has no labels")
  }

  /// The number of elements of one example.
  public var exampleSize: Int { shape.reduce(1, *) }

  /// Whether the examples are images, which can be flipped and drawn.
  public var isImages: Bool { shape.count == 3 }

  /// Returns one example in row-major order.
  public func example(_ index: Int, flipped: Bool = false) -> [Float] {
    let size = exampleSize
    return [Float](unsafeUninitializedCapacity: size) { buffer, initializedCount in
      copyExample(
        index, flipped: flipped, into: UnsafeMutableBufferPointer(rebasing: buffer[..<size]))
      initializedCount = size
    }
  }
}

/// Which part of a data set is read.
public enum DatasetSplit: String, Sendable, CaseIterable {
  /// The examples that a model is trained on.
  case train

  /// The examples that a model is evaluated on.
  case test
}
