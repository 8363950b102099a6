import Scores

/// One update of each predictor and corrector with given noise, under the exact Gaussian score.
func samplerStepResults(of reference: ReferenceCase) throws -> [String: [Double]] {
  let ratio = try reference.configuration.number("snr")
  let predictors: [(String, Predictor)] = [
    ("reverse_diffusion", .reverseDiffusion), ("euler_maruyama", .eulerMaruyama),
    ("ancestral_sampling", .ancestral), ("reverse_diffusion_ode", .reverseDiffusionFlow),
    ("euler_maruyama_ode", .eulerFlow),
  ]
  let correctors: [(String, Corrector)] = [
    ("langevin", .langevin(signalToNoise: ratio)), ("ald", .annealedLangevin(signalToNoise: ratio)),
  ]
  var results: [String: [Double]] = [:]
  for (prefix, sde) in try reference.processes() {
    let batch = try StepBatch(prefix, sde, reference)
    results["\(prefix)/score"] = batch.scores.map(Double.init)
    func apply(_ name: String, _ update: (NoiseLevel) throws -> LinearUpdate) throws {
      guard reference.expects("\(prefix)/\(name)/") else { return }
      let (states, means) = try batch.applying(update)
      results["\(prefix)/\(name)/x"] = states.map(Double.init)
      results["\(prefix)/\(name)/x_mean"] = means.map(Double.init)
    }
    for (name, predictor) in predictors {
      try apply(name) { try predictor.update(at: $0, of: sde) }
    }
    let norms = try MeanNorms(
      scores: batch.scores, noise: batch.noise, dimensions: batch.dimensions)
    for (name, corrector) in correctors {
      try apply(name) { try corrector.update(at: $0, of: sde, norms: norms) }
    }
  }
  return results
}

/// A batch whose examples are at noise levels of their own.
private struct StepBatch {
  let states: [Float]
  let noise: [Float]
  let scores: [Float]
  let levels: [NoiseLevel]
  let dimensions: Int

  init(_ prefix: String, _ sde: any SDE, _ reference: ReferenceCase) throws {
    states = try reference.floats("\(prefix)/x")
    noise = try reference.floats("\(prefix)/noise")
    let mean = try reference.doubles("in/mean")
    dimensions = mean.count
    let count = try reference.configuration.integer("N")
    levels = zip(
      try reference.doubles("\(prefix)/t"),
      try reference.indices("\(prefix)/index", below: count)
    ).map { NoiseLevel(time: $0, index: $1, count: count) }
    guard states.count == levels.count * dimensions, noise.count == states.count else {
      throw reference.damage(
        found: "\(states.count) numbers in \(prefix)/x", expected: "\(levels.count * dimensions)")
    }
    let score = GaussianScore(
      sde: sde, mean: mean, std: try reference.configuration.number("std"))
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
