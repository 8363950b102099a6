import Evaluation
import Foundation
import Scores
import Testing

@testable import Reproduction

@Suite struct ExactGaussiansTests {
  private let sde: any SDE

  init() throws { sde = try VE(sigmaMin: 0.1, sigmaMax: 3) }

  /// The logarithm of the mixture's density up to a constant, by its definition.
  private func logDensity(_ x: Double, _ y: Double, variance: Double) -> Double {
    log(
      (0..<8).reduce(0.0) { sum, index in
        let angle = Double(index) * .pi / 4
        let (dx, dy) = (
          x - 32.0.squareRoot() * cos(angle), y - 32.0.squareRoot() * sin(angle)
        )
        return sum + exp(-(dx * dx + dy * dy) / (2 * variance))
      })
  }

  @Test(arguments: [0.0, 0.5, 1.0]) func scoreIsTheSlopeOfTheLogDensity(time: Double) throws {
    let exact = try ExactGaussians.model(sde)
    let compiled = try CompiledScore(exact.model, weights: exact.weights, batch: 4)
    let states: [Float] = [5, 0.5, -3.5, 4.25, 0.125, -0.25, 2, -6]
    var scores = [Float](repeating: 0, count: states.count)
    try compiled.score(states, time, &scores)
    let std = sde.std(at: time)
    let (variance, step) = (0.5 + std * std, 1e-4)
    for point in 0..<4 {
      let (x, y) = (Double(states[2 * point]), Double(states[2 * point + 1]))
      func slope(_ dx: Double, _ dy: Double) -> Double {
        (logDensity(x + dx, y + dy, variance: variance)
          - logDensity(x - dx, y - dy, variance: variance)) / (2 * step)
      }
      #expect(abs(Double(scores[2 * point]) - slope(step, 0)) < 1e-4)
      #expect(abs(Double(scores[2 * point + 1]) - slope(0, step)) < 1e-4)
    }
  }
}
