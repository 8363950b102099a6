/// Points of the plane that lie in memory.
public protocol PlanePoints: Dataset {
  /// The points as (index, coordinate), row-major.
  var points: [Float] { get }
}

extension PlanePoints {
  /// The number of points.
  public var count: Int { points.count / 2 }

  /// Two coordinates.
  public var shape: [Int] { [2] }

  /// Writes the two coordinates of one point; `flipped` must be false.
  public func copyExample(
    _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
  ) {
    precondition((0..<count).contains(index), "point \(index) of a data set of \(count)")
    precondition(out.count == 2, "a point does not fit a buffer of \(out.count) elements")
    precondition(!flipped, "points of \(name) cannot be flipped")
    out[0] = points[2 * index]
    out[1] = points[2 * index + 1]
  }
}
