import Datasets
import Evaluation
import MPI
import Networks
import Scores
import Testing

@Suite(.serialized) struct ResidualCurveTests {
  private static let environment = Result {
    let environment = try MPIEnvironment.start()
    environment.finalizeAtExit()
    return environment
  }

  /// Points on a line; the residual of an exact score vanishes wherever the points are.
  private struct Line: Dataset {
    let name = "line"
    let count = 40
    let shape: [Int]

    func copyExample(
      _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
    ) {
      for axis in out.indices { out[axis] = 0.05 * Float(index) - Float(axis) }
    }
  }

  private let times = [0.2, 0.5, 0.9]

  @Test(arguments: [FokkerPlanck.Divergence.exact, .probes])
  func exactScoreHasNone(_ divergence: FokkerPlanck.Divergence) throws {
    let (model, weights) = try GaussianField.model()
    let levels = try #require(
      try residualCurve(
        of: model, weights: weights,
        plan: ResidualPlan(
          times: times, examples: 40, method: FokkerPlanck(strength: 1, divergence: divergence),
          seed: 1, unit: 16),
        data: Line(shape: [3]), over: try Self.environment.get().world))
    #expect(levels.map(\.time) == times)
    for level in levels { #expect(level.residual.value < 1e-5 * level.rate.value) }
  }

  // For s = c x, constant in time, e = -g^2 c^2 x with VE.
  @Test func scoreThatDoesNotFollowTheNoiseHasAKnownOne() throws {
    let (model, weights) = try LinearField.model([0.5, 0, 0, 0.5])
    let levels = try #require(
      try residualCurve(
        of: model, weights: weights, plan: ResidualPlan(times: times, examples: 40, seed: 1),
        data: Line(shape: [2]), over: try Self.environment.get().world))
    for level in levels {
      let (std, diffusion) = (model.sde.std(at: level.time), model.sde.diffusion(at: level.time))
      #expect(level.rate.value == 0)
      // The mean length of the noisy points lies between that of the noise and its triangle bound.
      let length = 2 * level.residual.value / (0.25 * diffusion * diffusion)
      #expect(length > 0.9 * std && length < 1.5 * std + 1.5)
    }
  }

  @Test func sizeOfAUnitChangesNothing() throws {
    let (model, weights) = try LinearField.model([0.5, 0.2, -0.3, 0.5])
    let curves = try [7, 40].map { unit in
      try #require(
        try residualCurve(
          of: model, weights: weights,
          plan: ResidualPlan(times: times, examples: 40, seed: 1, unit: unit),
          data: Line(shape: [2]), over: try Self.environment.get().world))
    }
    for (first, second) in zip(curves[0], curves[1]) {
      #expect(abs(first.residual.value - second.residual.value) < 1e-6 * second.residual.value)
      #expect(
        abs(first.residual.standardError - second.residual.standardError)
          < 1e-5 * second.residual.standardError)
    }
  }
}
