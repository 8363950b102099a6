import Evaluation
import Foundation

/// The score of a narrow Gaussian with an error of one size in one of two directions.
///
/// `-x / sigma^2 + c(x) d(x)` with `p` the density of N(0, 0.1^2 I) and mu that of ten unit Gaussians
/// on a circle of radius 3. The length `c` is chosen so that the mean of half the squared error under
/// mu is the same for both directions. The unconstrained one, `d = (-x2, x1)`, turns; the constrained
/// one, `d = x`, is a gradient as far as mu is radial. Source: Chao et al. 2023, section 3.1, in the
/// constants of the authors' code.
struct PerturbedGaussian {
  /// Which way the error points.
  enum Direction {
    /// Along the radius.
    case constrained
    /// Across it.
    case unconstrained
  }

  private static let variance = 0.01
  private static let circleRadius = 3.0
  private static let circlePoints = 10

  /// The size of the error, 0 for none.
  let error: Double
  let direction: Direction

  // The code's guard against a division by zero.
  private var size: Double { error + 1e-6 }

  /// The logarithm of the Gaussian's density.
  static func logDensity(at point: SIMD2<Double>) -> Double {
    -(point * point).sum() / (2 * variance) - log(2 * .pi * variance)
  }

  /// The field.
  func score(at point: SIMD2<Double>) -> SIMD2<Double> {
    let exact = -point / Self.variance
    guard error > 0 else { return exact }
    return exact + amplitude(at: point).value * turned(point)
  }

  /// The Jacobian of the field, rows of derivatives of one component.
  func jacobian(at point: SIMD2<Double>) -> (SIMD2<Double>, SIMD2<Double>) {
    let slope = -1 / Self.variance
    guard error > 0 else { return (SIMD2(slope, 0), SIMD2(0, slope)) }
    let (value, gradient) = amplitude(at: point)
    let direction = turned(point)
    // The derivative of c d is d (grad c)^T + c D, with D the constant matrix of d.
    let (first, second) = (direction.x * gradient, direction.y * gradient)
    return switch self.direction {
    case .constrained:
      (first + SIMD2(slope + value, 0), second + SIMD2(0, slope + value))
    case .unconstrained:
      (first + SIMD2(slope, -value), second + SIMD2(value, slope))
    }
  }

  private func turned(_ point: SIMD2<Double>) -> SIMD2<Double> {
    direction == .constrained ? point : SIMD2(-point.y, point.x)
  }

  /// The length c and its gradient.
  private func amplitude(at point: SIMD2<Double>) -> (value: Double, gradient: SIMD2<Double>) {
    let density = exp(Self.logDensity(at: point))
    let densitySlope = -density / Self.variance * point
    let (mixture, mixtureSlope) = Self.mixture(at: point)
    let radius = (point * point).sum() + size
    let denominator = density * radius + 1e-8
    let denominatorSlope = densitySlope * radius + 2 * density * point
    let value = (2 * size * mixture / denominator).squareRoot()
    let squareSlope =
      2 * size * (mixtureSlope * denominator - mixture * denominatorSlope)
      / (denominator * denominator)
    return (value, squareSlope / (2 * value))
  }

  /// The density mu and its gradient.
  private static func mixture(at point: SIMD2<Double>) -> (Double, SIMD2<Double>) {
    var (value, slope) = (0.0, SIMD2<Double>.zero)
    for index in 0..<circlePoints {
      let angle = 2 * .pi * Double(index) / Double(circlePoints)
      let offset = point - circleRadius * SIMD2(cos(angle), sin(angle))
      let share = exp(-(offset * offset).sum() / 2) / (2 * .pi * Double(circlePoints))
      value += share
      slope -= share * offset
    }
    return (value, slope)
  }
}

/// How far a field is from a gradient, weighted by the Gaussian's density on a grid.
///
/// As in the authors' code, values times density are added over 20 x 20 points of [-3, 3]^2 without
/// the area of a cell and without normalization.
struct WeightedAsymmetry {
  private static let points = PlaneField.points(x: -3...3, y: -3...3, columns: 20, rows: 20)

  /// The sum of `1/2 |J - J^T|^2`.
  private(set) var asymmetry = 0.0
  /// The sum of `1/4 |J - J^T|^2 / |J|^2`.
  private(set) var normalized = 0.0

  init(of field: PerturbedGaussian) {
    for point in Self.points {
      let density = exp(PerturbedGaussian.logDensity(at: point))
      let (first, second) = field.jacobian(at: point)
      let difference = first.y - second.x
      let size = (first * first + second * second).sum()
      asymmetry += density * difference * difference
      normalized += density * difference * difference / (2 * size)
    }
  }
}
