import Scores
import TestSupport
import Testing

/// One update of every predictor and corrector with given noise and the exact Gaussian score.
@Suite struct SamplerStepTests {
  private struct Batch {
    let sde: any SDE
    let states: [Float]
    let noise: [Float]
    let scores: [Float]
    let levels: [NoiseLevel]
    let dimensions: Int

    init(_ prefix: String, _ reference: ReferenceCase) throws {
      sde = try referenceProcess(prefix)
      states = try reference.floats("\(prefix)/x")
      noise = try reference.floats("\(prefix)/noise")
      let mean = try reference.doubles("in/mean")
      dimensions = mean.count
      levels = zip(
        try reference.doubles("\(prefix)/t"), try reference.doubles("\(prefix)/index")
      ).map { NoiseLevel(time: $0, index: Int($1), count: 1000) }
      let score = GaussianScore(sde: sde, mean: mean, std: 0.25)
      var scores: [Float] = []
      for (row, level) in levels.enumerated() {
        var part = [Float](repeating: 0, count: mean.count)
        score(Array(states[row * mean.count..<(row + 1) * mean.count]), level.time, &part)
        scores += part
      }
      self.scores = scores
    }

    func applying(
      _ update: (NoiseLevel) throws -> LinearUpdate
    ) throws -> (states: [Float], means: [Float]) {
      var (states, means) = (self.states, self.states)
      for (row, level) in levels.enumerated() {
        try update(level).apply(
          to: row * dimensions..<(row + 1) * dimensions, of: &states, means: &means,
          scores: scores, noise: noise)
      }
      return (states, means)
    }
  }

  @Test(arguments: ["ve", "vp", "sub_vp"])
  func predictorsMatchTheReference(prefix: String) throws {
    let reference = try ReferenceCase("sampler_steps")
    let batch = try Batch(prefix, reference)
    #expect(try reference.relativeError(of: batch.scores, against: "\(prefix)/score") <= 1)
    var predictors: [(String, Predictor)] = [
      ("reverse_diffusion", .reverseDiffusion), ("euler_maruyama", .eulerMaruyama),
      ("reverse_diffusion_ode", .reverseDiffusionFlow),
    ]
    if prefix != "sub_vp" { predictors.append(("ancestral_sampling", .ancestral)) }
    for (name, predictor) in predictors {
      let result = try batch.applying { try predictor.update(at: $0, of: batch.sde) }
      let tensor = "\(prefix)/\(name)"
      #expect(try reference.relativeError(of: result.states, against: "\(tensor)/x") <= 1)
      #expect(try reference.relativeError(of: result.means, against: "\(tensor)/x_mean") <= 1)
    }
  }

  @Test(arguments: ["ve", "vp"])
  func correctorsMatchTheReference(prefix: String) throws {
    let reference = try ReferenceCase("sampler_steps")
    let batch = try Batch(prefix, reference)
    let norms = try MeanNorms(
      scores: batch.scores, noise: batch.noise, dimensions: batch.dimensions)
    let correctors: [(String, Corrector)] = [
      ("langevin", .langevin(signalToNoise: 0.16)), ("ald", .annealedLangevin(signalToNoise: 0.16)),
    ]
    for (name, corrector) in correctors {
      let result = try batch.applying {
        try corrector.update(at: $0, of: batch.sde, norms: norms)
      }
      let tensor = "\(prefix)/\(name)"
      #expect(try reference.relativeError(of: result.states, against: "\(tensor)/x") <= 1)
      #expect(try reference.relativeError(of: result.means, against: "\(tensor)/x_mean") <= 1)
    }
  }

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
