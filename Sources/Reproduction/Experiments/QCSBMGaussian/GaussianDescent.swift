import Foundation

/// Points that follow a field towards the centre of the Gaussian, without noise.
///
/// See Chao et al. 2023, section 3.1, and the authors' code (gaussian_example): the code's noise and
/// its Metropolis test are never used.
struct GaussianDescent {
  /// What is returned for points that do not arrive.
  static let limit = 300

  // Where the mean of max(0, -log p) is below, the points have arrived.
  private static let arrival = 1e-3

  /// The ten start points: numpy's `normal(-2, 0.5, 20)` under seed 0 in pairs.
  static let startPoints: [SIMD2<Double>] = [
    SIMD2(-1.117973827016168, -1.7999213958163884),
    SIMD2(-1.5106310079471303, -0.8795534003992711),
    SIMD2(-1.0662210049250163, -2.4886389399382054),
    SIMD2(-1.5249557912372054, -2.075678604148849),
    SIMD2(-2.0516094258967787, -1.7947007490308138),
    SIMD2(-1.927978214419561, -1.2728632465185123),
    SIMD2(-1.6194811374265032, -1.939162491753586),
    SIMD2(-1.7780683836272873, -1.8331628363128667),
    SIMD2(-1.2529604634211968, -2.1025791318829006),
    SIMD2(-1.8434661491745494, -2.4270478696508624),
  ]

  private let field: PerturbedGaussian
  private let stepSize: Double

  init(_ field: PerturbedGaussian) {
    self.field = field
    stepSize = field.error == 0 ? 0.01 : 0.0125
  }

  /// The number of steps after which the points have arrived.
  func steps() -> Int {
    var points = Self.startPoints
    for step in 0..<Self.limit {
      if distance(of: points) < Self.arrival { return step }
      advance(&points, step: step)
    }
    return Self.limit
  }

  /// The mean over the points of max(0, -log p) before each of the first steps.
  func distances(count: Int) -> [Double] {
    var points = Self.startPoints
    return (0..<count).map { step in
      defer { advance(&points, step: step) }
      return distance(of: points)
    }
  }

  private func advance(_ points: inout [SIMD2<Double>], step: Int) {
    let size = stepSize * exp(-Double(step) / 1000)
    for index in points.indices { points[index] += size * field.score(at: points[index]) }
  }

  private func distance(of points: [SIMD2<Double>]) -> Double {
    points.reduce(0) { $0 + max(0, -PerturbedGaussian.logDensity(at: $1)) }
      / Double(points.count)
  }
}
