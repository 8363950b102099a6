/// The extents of a tensor's axes, outermost first; an empty list is a scalar.
public struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The extent of each axis.
  public let dimensions: [Int]

  /// Creates a shape; every extent must be zero or more.
  public init(_ dimensions: [Int]) {
    precondition(dimensions.allSatisfy { $0 >= 0 }, "negative extent in \(dimensions)")
    self.dimensions = dimensions
  }

  /// Creates a shape from a literal such as `[32, 3, 16, 16]`.
  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The number of elements, 1 for a scalar.
  public var count: Int { dimensions.reduce(1, *) }

  /// The extent of one axis.
  public subscript(axis: Int) -> Int { dimensions[axis] }

  /// The extents in brackets, as in `[32, 3]`.
  public var description: String { "\(dimensions)" }

  /// Row-major strides, in elements.
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// The same shape with the given axes reduced to extent 1.
  public func reducing(_ axes: [Int]) -> Shape {
    var reduced = dimensions
    for axis in axes { reduced[axis] = 1 }
    return Shape(reduced)
  }

  /// Whether a tensor of this shape can be repeated along its axes of extent 1 to `target`.
  public func canBroadcast(to target: Shape) -> Bool {
    rank == target.rank
      && zip(dimensions, target.dimensions).allSatisfy { $0 == $1 || $0 == 1 }
  }

  /// The axes along which this shape has extent 1 and `target` does not.
  public func axesRepeated(to target: Shape) -> [Int] {
    dimensions.indices.filter { dimensions[$0] == 1 && target[$0] != 1 }
  }
}
