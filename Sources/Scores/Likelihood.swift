import Foundation

/// Log-densities of a batch under the probability flow.
public struct Likelihood: Sendable {
  /// Log-density of each example, in nats.
  public var logDensities: [Double]
  /// The points of the prior that the examples were carried to, flat [B, D].
  public var latents: [Double]
  /// Evaluations of score and divergence, each with the whole batch.
  public var calls: Int

  /// Negative log-densities in bits per dimension.
  ///
  /// - Parameter offset: what the scaling of the data adds, see `DataRange.bitsOffset`.
  /// - Returns: one value for each example.
  public func bitsPerDimension(offset: Double) -> [Double] {
    let dimensions = latents.count / max(logDensities.count, 1)
    return logDensities.map { -$0 / (Double(dimensions) * M_LN2) + offset }
  }
}

/// The interval to which 8-bit data were scaled.
public enum DataRange: String, Sendable, Hashable, CaseIterable, Codable {
  /// [0, 1].
  case unit
  /// [-1, 1].
  case centred

  /// Bits per dimension between the density of the scaled data and that of dequantised values in
  /// [0, 256): the logarithm of the ratio of the two interval lengths.
  public var bitsOffset: Double { self == .unit ? 8 : 7 }
}

extension ProbabilityFlow {
  /// Log-densities by the instantaneous change of variables.
  ///
  /// The method is that of Song et al. 2021, appendix D.2. Integrates the points together with the divergence of the flow from `epsilon` to 1; both are
  /// under the solver's error control. All processes that share the group must call it.
  ///
  /// - Parameters:
  ///   - points: data, flat [B, D].
  ///   - dimensions: D.
  ///   - coupling: sums over the processes that share the group.
  ///   - divergence: the score and its divergence, exact or estimated.
  /// - Returns: log-densities in nats and latent points.
  /// - Throws: `ScoresError.numericalFailure`, and what the closures throw.
  public func likelihood(
    of points: [Float], dimensions: Int, coupling: BatchCoupling = .local,
    divergence: BatchDivergence
  ) throws -> Likelihood {
    let entries = points.count
    let examples = entries / dimensions
    var scores = [Float](repeating: 0, count: entries)
    var divergences = [Double](repeating: 0, count: examples)
    let start = points.map(Double.init) + [Double](repeating: 0, count: examples)

    let solution = try solver.integrate(start, from: epsilon, to: 1, coupling: coupling) {
      time, state, derivative in
      try divergence(state[..<entries].map(Float.init), time, &scores, &divergences)
      writeDrift(of: state, scores: scores, at: time, into: &derivative)
      let drift = Double(dimensions) * sde.driftFactor(at: time)
      let diffusion = sde.diffusion(at: time)
      for example in 0..<examples {
        derivative[entries + example] = drift - 0.5 * diffusion * diffusion * divergences[example]
      }
    }
    let latents = Array(solution.state[..<entries])
    let logDensities = (0..<examples).map { example in
      sde.priorLogDensity(of: latents[example * dimensions..<(example + 1) * dimensions])
        + solution.state[entries + example]
    }
    return Likelihood(logDensities: logDensities, latents: latents, calls: solution.calls)
  }
}
