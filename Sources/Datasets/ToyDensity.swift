import Glibc
import Randomness

/// Points of one of the 2-D densities on which score models are commonly shown.
///
/// Point i is a pure function of (kind, seed, i). Source: Chao, Sun, Cheng and Lee, "On
/// Investigating the Conservative Property of Score-Based Generative Models", ICML 2023,
/// section 3.2; scales as in the authors' experiments.
public struct ToyDensity: PlanePoints {
  /// The densities.
  public enum Kind: String, Sendable, CaseIterable {
    /// Eight Gaussians of variance 1/2 on a circle of radius 4 sqrt(2).
    case eightGaussians = "8gaussians"

    /// Two interleaved spirals; points come in pairs of opposite sign.
    case spirals

    /// The dark fields of a four by four board with sides of 12.
    case checkerboard

    /// Three Gaussians of different weights and widths; see ``ToyMixture``.
    case mixture
  }

  /// Which density the points follow.
  public let kind: Kind

  /// The points as (index, coordinate), row-major.
  public let points: [Float]

  /// Draws the points.
  public init(_ kind: Kind, count: Int = 50_000, seed: UInt64) {
    self.kind = kind
    points = (0..<count).flatMap { index -> [Float] in
      let point = kind.point(index, seed: seed)
      return [Float(point.x), Float(point.y)]
    }
  }

  /// The name for logs.
  public var name: String { kind.rawValue }
}

extension ToyDensity.Kind {
  private var number: UInt64 {
    switch self {
    case .eightGaussians: 0
    case .spirals: 1
    case .checkerboard: 2
    case .mixture: 3
    }
  }

  fileprivate func point(_ index: Int, seed: UInt64) -> SIMD2<Double> {
    func stream(_ example: Int) -> RandomStream {
      RandomStream(seed: seed, purpose: .toyData, step: number, example: UInt64(example))
    }
    switch self {
    case .eightGaussians:
      return gaussianPoint(stream(index))
    case .spirals:
      let point = spiralPoint(stream(index / 2).uniformDouble(count: 3))
      return index % 2 == 0 ? point : -point
    case .checkerboard:
      return checkerboardPoint(stream(index).uniformDouble(count: 3))
    case .mixture:
      return ToyMixture.point(stream(index))
    }
  }

  private func gaussianPoint(_ stream: RandomStream) -> SIMD2<Double> {
    let normal = stream.normal(count: 2).map(Double.init)
    // The first block went into the normal numbers.
    let angle = Double(stream.word(at: 4) >> 29) * .pi / 4
    let center = 8 * SIMD2(cos(angle), sin(angle))
    return (SIMD2(normal[0], normal[1]) + center) / 2.0.squareRoot()
  }

  private func spiralPoint(_ uniform: [Double]) -> SIMD2<Double> {
    let angle = 3 * Double.pi * uniform[0].squareRoot()
    let curve = angle * SIMD2(-cos(angle), sin(angle))
    return (curve + 0.5 * SIMD2(uniform[1], uniform[2])) * 2.3 / 3
  }

  private func checkerboardPoint(_ uniform: [Double]) -> SIMD2<Double> {
    let x = 4 * uniform[0] - 2
    let column = Int(floor(x))
    let y = uniform[1] - (uniform[2] < 0.5 ? 0 : 2) + Double(column & 1)
    return 3 * SIMD2(x, y)
  }
}
