/// The score of the marginals of Gaussian data `N(mean, std^2 I)`, in closed form.
///
/// The marginal of x(t) is `N(m(t) mean, (m(t)^2 std^2 + s(t)^2) I)`, so its score is linear with
/// the Jacobian `-I / variance`. It stands in for a network wherever samplers, solvers and
/// likelihoods are checked against exact results. All batches are flat [B, D], with D the number
/// of coordinates of the mean.
public struct GaussianScore: Sendable {
  /// The process that the data go through.
  public let sde: any SDE
  /// The D coordinates of the data's mean.
  public let mean: [Double]
  /// The standard deviation of each coordinate of the data.
  public let std: Double

  /// Describes the data and their process.
  ///
  /// - Parameters:
  ///   - sde: the process that the data go through.
  ///   - mean: the D coordinates of the data's mean, at least one.
  ///   - std: the standard deviation of each coordinate, 0 or more.
  public init(sde: any SDE, mean: [Double], std: Double) {
    self.sde = sde
    self.mean = mean
    self.std = std
  }

  /// The variance of each coordinate of x(t).
  public func variance(at time: Double) -> Double {
    let factor = sde.meanFactor(at: time) * std
    return factor * factor + sde.std(at: time) * sde.std(at: time)
  }

  /// Writes the score, in the form of a `BatchScore`.
  public func callAsFunction(_ states: [Float], _ time: Double, _ scores: inout [Float]) {
    let (factor, variance) = (sde.meanFactor(at: time), variance(at: time))
    for index in states.indices {
      let centre = factor * mean[index % mean.count]
      scores[index] = Float((centre - Double(states[index])) / variance)
    }
  }

  /// Writes the score and its divergence `-D / variance`, in the form of a `BatchDivergence`.
  public func divergence(
    _ states: [Float], _ time: Double, _ scores: inout [Float], _ divergences: inout [Double]
  ) {
    self(states, time, &scores)
    let trace = -Double(mean.count) / variance(at: time)
    for index in divergences.indices { divergences[index] = trace }
  }

  /// Writes the score and its Jacobian's product with tangents, in the form of a `BatchProduct`.
  public func product(
    _ states: [Float], _ time: Double, _ tangents: [Float], _ scores: inout [Float],
    _ products: inout [Float]
  ) {
    self(states, time, &scores)
    let slope = -1 / variance(at: time)
    for index in tangents.indices { products[index] = Float(slope * Double(tangents[index])) }
  }
}
