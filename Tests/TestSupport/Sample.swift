public import Autodiff

/// A tensor that a check binds to one argument of a function.
public struct Sample: Sendable {
  /// The argument's shape.
  public let shape: Shape
  /// The elements in row-major order.
  public let elements: [Double]
  /// Whether the function is differentiated by this argument.
  public let isDifferentiated: Bool

  /// Creates a sample with the given elements.
  public init(_ shape: Shape, _ elements: [Double], isDifferentiated: Bool = true) {
    precondition(elements.count == shape.count, "\(elements.count) elements for \(shape)")
    self.shape = shape
    self.elements = elements
    self.isDifferentiated = isDifferentiated
  }

  /// Uniformly distributed elements that depend on `seed` only.
  public static func uniform(
    _ shape: Shape, in range: ClosedRange<Double> = -1...1, seed: UInt64 = 1
  ) -> Sample {
    Sample(shape, uniformElements(shape.count, in: range, seed: seed))
  }

  /// Elements with magnitudes between 0.25 and 1.25 and both signs, away from kinks at 0.
  public static func awayFromZero(_ shape: Shape, seed: UInt64 = 1) -> Sample {
    let elements = uniformElements(shape.count, in: -1...1, seed: seed)
    return Sample(shape, elements.map { $0 < 0 ? $0 - 0.25 : $0 + 0.25 })
  }
}

/// Uniformly distributed numbers that depend on `seed` only.
public func uniformElements(
  _ count: Int, in range: ClosedRange<Double> = -1...1, seed: UInt64
) -> [Double] {
  (0..<count).map { index in
    let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    let word = philox(counter: SIMD4(UInt32(index), 0, 0, 0), key: key)[0]
    return range.lowerBound + Double(word) * 0x1p-32 * (range.upperBound - range.lowerBound)
  }
}
