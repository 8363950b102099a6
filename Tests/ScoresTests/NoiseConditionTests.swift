import Scores
import Testing

@Suite struct NoiseConditionTests {
  @Test func continuousTimeIsScaledForPositionalEmbeddings() throws {
    #expect(NoiseCondition.time(factor: 999).value(at: 0.5, of: try VP()) == 499.5)
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
