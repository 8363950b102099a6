import Foundation
import Scores
import Testing

@Suite struct ScoreParametrizationTests {
  @Test func explodingNetworksGetLogSigmaAndReturnTheScore() throws {
    let parametrization = ScoreParametrization.varianceExploding(try VE())
    #expect(abs(parametrization.condition(at: 1) - log(50)) < 1e-12)
    #expect(abs(parametrization.condition(at: 0) - log(0.01)) < 1e-12)
    #expect(parametrization.scoreFactor(at: 0.3) == 1)
  }

  @Test func preservingNetworksGetScaledTimeAndReturnTheNoise() throws {
    let sde = try VP()
    let parametrization = ScoreParametrization.variancePreserving(sde)
    #expect(parametrization.condition(at: 0.5) == 499.5)
    // The exact score of N(m x0, s^2) at m x0 + s z is -z / s.
    let noise = 0.7
    let score = parametrization.scoreFactor(at: 0.5) * noise
    #expect(abs(score + noise / sde.std(at: 0.5)) < 1e-14)
  }

  @Test func discreteExplodingLabelsCountDownTheNoise() throws {
    let sde = try VE()
    let condition = NoiseCondition.descendingLevel(count: 1000)
    #expect(condition.value(at: 1, of: sde) == 0)
    #expect(condition.value(at: 0, of: sde) == 999)
    #expect(condition.value(at: 0.25, of: sde) == 749)
  }

  @Test func sigmaConditionIsTheMarginalStd() throws {
    let sde = try VE(sigmaMin: 0.1, sigmaMax: 3)
    #expect(abs(NoiseCondition.sigma.value(at: 0.5, of: sde) - 0.3.squareRoot()) < 1e-15)
  }
}
