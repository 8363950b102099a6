import Glibc

/// Points on two interleaved half circles in the plane, in two classes.
///
/// Class 0 is the upper crescent `(cos a, sin a)`, class 1 the lower one `(1 - cos a, 1/2 - sin a)`,
/// each at equal steps of a from 0 to pi; all points are moved by (-0.5, -0.25), their mean, and
/// scaled by 20. There is no noise and nothing random. Source: Chao et al., "Denoising Likelihood
/// Score Matching", ICLR 2022, arXiv 2203.14206, section 4.1, and the authors' code.
public struct TwoMoons: PlanePoints {
  /// The points as (index, coordinate), row-major; those of class 0 come first.
  public let points: [Float]

  private static let scale = 20.0

  private let upper: Int

  /// Places the points.
  ///
  /// - Parameter count: The number of points of both classes together; the upper crescent has one
  ///   more if it is odd.
  public init(count: Int = 10_000) {
    upper = (count + 1) / 2
    points = Self.crescent(0, count: upper) + Self.crescent(1, count: count - upper)
  }

  private static func crescent(_ label: Int, count: Int) -> [Float] {
    (0..<count).flatMap { index -> [Float] in
      let angle = Double.pi * Double(index) / Double(max(count - 1, 1))
      let (x, y) =
        label == 0 ? (cos(angle), sin(angle)) : (1 - cos(angle), 0.5 - sin(angle))
      return [Float(scale * (x - 0.5)), Float(scale * (y - 0.25))]
    }
  }

  /// The name for logs.
  public var name: String { "moons" }

  /// Upper and lower.
  public var classes: Int { 2 }

  /// 0 for a point of the upper crescent, 1 for one of the lower.
  public func label(_ index: Int) -> Int { index < upper ? 0 : 1 }
}
