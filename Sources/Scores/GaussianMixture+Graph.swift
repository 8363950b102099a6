public import Autodiff
import Foundation

extension GaussianMixture {
  /// Builds the score of the marginals in a graph.
  ///
  /// - Parameters:
  ///   - data: Noisy points, `[B, D]`.
  ///   - meanFactor: The factor m of the clean data in each, `[B]`.
  ///   - standardDeviation: The standard deviation s of the noise in each, `[B]`.
  /// - Returns: The scores, `[B, D]`.
  public func score(at data: Value, meanFactor: Value, standardDeviation: Value) -> Value {
    let factor = meanFactor.aligned(with: data)
    let parts = components.map { component -> (logDensity: Value, score: Value) in
      let mean = data.graph.literal(component.mean.map(Float.init), [1, dimensions])
      let offset = data - factor * mean.broadcast(to: data.shape)
      let variance =
        square(factor) * Float(component.std * component.std)
        + square(standardDeviation).aligned(with: data)
      let half = square(offset).sum([1]) / (2 * variance)
      let constant = Float(Foundation.log(component.weight))
      return (
        constant - 0.5 * Float(dimensions) * Autodiff.log(variance) - half, -(offset / variance)
      )
    }
    let shares = softmax(concatenate(parts.map(\.logDensity), axis: 1), axis: 1)
    let weighted = parts.enumerated().map { index, part in
      shares.sliced(start: [0, index], size: [data.shape[0], 1]) * part.score
    }
    return weighted.dropFirst().reduce(weighted[0], +)
  }
}
