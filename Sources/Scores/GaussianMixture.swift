import Foundation

/// A mixture of isotropic Gaussians and its noisy marginals in closed form.
///
/// With data from `sum_k w_k N(mu_k, c_k^2 I)` the marginal at time t is
/// `sum_k w_k N(m mu_k, v_k I)` with `v_k = m^2 c_k^2 + s^2`. It stands in for a network wherever a
/// score, a density or the Fokker-Planck equation is checked against exact results.
public struct GaussianMixture: Sendable, Hashable {
  /// One of the Gaussians.
  public struct Component: Sendable, Hashable {
    /// Its probability w.
    public var weight: Double
    /// The coordinates of its mean.
    public var mean: [Double]
    /// The standard deviation c of each coordinate.
    public var std: Double

    /// Describes a component.
    public init(weight: Double, mean: [Double], std: Double) {
      self.weight = weight
      self.mean = mean
      self.std = std
    }
  }

  /// The components.
  public let components: [Component]

  /// Describes a mixture of at least one component, all of the same number of dimensions.
  public init(_ components: [Component]) {
    precondition(
      !components.isEmpty && components.allSatisfy { $0.mean.count == components[0].mean.count },
      "components of different dimensions, or none")
    self.components = components
  }

  /// The number D of coordinates.
  public var dimensions: Int { components[0].mean.count }

  /// What is known of a marginal at one point.
  public struct Marginal: Sendable, Hashable {
    /// The logarithm of the density, in nats.
    public var logDensity: Double
    /// Its time derivative.
    public var logDensityRate: Double
    /// Its gradient, the score.
    public var score: [Double]
    /// The time derivative of the score.
    public var scoreRate: [Double]
    /// The divergence of the score.
    public var divergence: Double
  }

  /// The marginal of a process at a point, with the derivatives that the Fokker-Planck equation needs.
  ///
  /// - Parameters:
  ///   - point: The D coordinates.
  ///   - time: The time of the process.
  ///   - sde: The process.
  /// - Returns: The numbers, in double precision.
  public func marginal(at point: [Double], time: Double, of sde: any SDE) -> Marginal {
    let parts = components.map { NoisyComponent($0, at: point, time: time, of: sde) }
    let largest = parts.map(\.logDensity).max() ?? 0
    let total = parts.reduce(0) { $0 + exp($1.logDensity - largest) }
    let shares = parts.map { exp($0.logDensity - largest) / total }
    func mean(_ value: (NoisyComponent) -> Double) -> Double {
      zip(shares, parts).reduce(0) { $0 + $1.0 * value($1.1) }
    }
    let rate = mean(\.logDensityRate)
    let score = point.indices.map { axis in mean { $0.score[axis] } }
    // The shares follow the densities: d ln r_k = d ln p_k - d ln p.
    let scoreRate = point.indices.map { axis in
      mean { ($0.logDensityRate - rate) * $0.score[axis] + $0.scoreRate[axis] }
    }
    let curvature = mean { part in
      part.score.reduce(-Double(dimensions) / part.variance) { $0 + $1 * $1 }
    }
    return Marginal(
      logDensity: largest + log(total), logDensityRate: rate, score: score, scoreRate: scoreRate,
      divergence: score.reduce(curvature) { $0 - $1 * $1 })
  }
}

/// One component under noise, at one point.
private struct NoisyComponent {
  let variance: Double
  let logDensity: Double
  let logDensityRate: Double
  let score: [Double]
  let scoreRate: [Double]

  init(
    _ component: GaussianMixture.Component, at point: [Double], time: Double, of sde: any SDE
  ) {
    let (factor, std) = (sde.meanFactor(at: time), sde.std(at: time))
    let (drift, diffusion) = (sde.driftFactor(at: time), sde.diffusion(at: time))
    let spread = factor * component.std
    let v = spread * spread + std * std
    let rate = 2 * drift * v + diffusion * diffusion
    let offsets = zip(point, component.mean).map { $0 - factor * $1 }
    let means = component.mean.map { drift * factor * $0 }
    let square = offsets.reduce(0) { $0 + $1 * $1 }
    let count = Double(point.count)
    variance = v
    logDensity = log(component.weight) - 0.5 * count * log(2 * .pi * v) - square / (2 * v)
    logDensityRate =
      zip(offsets, means).reduce(0) { $0 + $1.0 * $1.1 } / v
      + 0.5 * rate / v * (square / v - count)
    score = offsets.map { -$0 / v }
    scoreRate = zip(offsets, means).map { $1 / v + $0 * rate / (v * v) }
  }
}
