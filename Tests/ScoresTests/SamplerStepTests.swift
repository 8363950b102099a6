import Scores
import Testing

/// Closed forms of sampler steps; VerificationTests compares all predictors and correctors with the
/// reference implementation.
@Suite struct SamplerStepTests {
  @Test func eulerFlowIsAnEulerStepOfTheProbabilityFlow() throws {
    let sde = try VP()
    let level = NoiseLevel(time: 0.4, index: 399, count: 1000)
    let update = try Predictor.eulerFlow.update(at: level, of: sde)
    let rate = sde.schedule.rate(at: 0.4)
    #expect(abs(update.state - (1 + 0.5 * rate / 1000)) < 1e-15)
    #expect(abs(update.score - 0.5 * rate / 1000) < 1e-15)
    #expect(update.noise == 0)
  }

  @Test func meanNormsOfSplitBatchesAreThoseOfTheWhole() throws {
    let scores: [Float] = [3, 4, 6, 8, 0, 1]
    let noise: [Float] = [1, 0, 0, 2, 0, 3]
    let whole = try MeanNorms(scores: scores, noise: noise, dimensions: 2)
    #expect(whole == MeanNorms(score: 16.0 / 3, noise: 2))
    // The other process holds the last two examples.
    let coupling = BatchCoupling { zip($0, [11, 5, 2]).map { $0 + $1 } }
    let split = try MeanNorms(
      scores: [3, 4], noise: [1, 0], dimensions: 2, coupling: coupling)
    #expect(split == whole)
  }

  @Test func aVanishingScoreIsANumericalFailure() throws {
    let level = NoiseLevel(time: 0.5, index: 5, count: 10)
    #expect(throws: ScoresError.self) {
      try Corrector.langevin(signalToNoise: 0.1).update(
        at: level, of: VE(), norms: MeanNorms(score: 0, noise: 1))
    }
  }
}
