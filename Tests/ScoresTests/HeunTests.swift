import Foundation
import Scores
import Testing

@Suite struct HeunTests {
  private func end(of steps: Int) throws -> Double {
    try Heun(steps: steps).integrate([1], from: 0, to: 1) { time, state, derivative in
      derivative[0] = -2 * time * state[0]
    }.state[0]
  }

  @Test func errorFallsWithTheSquareOfTheStep() throws {
    let exact = exp(-1.0)
    let (coarse, fine) = (try end(of: 20) - exact, try end(of: 40) - exact)
    #expect(abs(coarse / fine - 4) < 0.2)
    #expect(abs(fine) < 1e-4)
  }

  @Test func flowOfAGaussianEndsWhereTheClosedFormDoes() throws {
    let sde = try VP()
    let score = GaussianScore(sde: sde, mean: [0.5, -1], std: 0.7)
    let flow = try ProbabilityFlow(sde: sde, solver: Heun(steps: 400), epsilon: 1e-3)
    let start = [0.3, -0.4]
    let samples = try flow.transport(start, from: 1, to: 1e-3) { score($0, $1, &$2) }
    #expect(samples.calls == 800)
    // The flow of a Gaussian keeps the number of standard deviations from the mean.
    for axis in 0..<2 {
      let scale = (score.variance(at: 1e-3) / score.variance(at: 1)).squareRoot()
      let expected =
        sde.meanFactor(at: 1e-3) * score.mean[axis]
        + scale * (start[axis] - sde.meanFactor(at: 1) * score.mean[axis])
      #expect(abs(samples.states[axis] - expected) < 2e-3)
    }
  }

  @Test func failuresAreNamed() throws {
    #expect(throws: ScoresError.self) { try Heun(steps: 0) }
    #expect(throws: ScoresError.self) {
      try Heun(steps: 2).integrate([1], from: 0, to: 1) { $2 = [$0 > 0.25 ? .nan : $1[0]] }
    }
  }
}
