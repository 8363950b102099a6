import Datasets
import Evaluation
import Randomness
import RunConfiguration
import Scores
import Training

/// Fixed noisy examples at noise levels of their own, on which estimators are compared.
struct NoisyExamples {
  let states: [Float]
  let standardDeviations: [Float]
  let conditions: [Float]

  /// Takes the first examples of a data set at times that cover [epsilon, 1] evenly.
  init(_ data: any Dataset, count: Int, settings: RunSettings) throws {
    let schedule = try NoiseSchedule(settings)
    let levels = (0..<count).map {
      schedule.level(at: schedule.time(at: (Double($0) + 0.5) / Double(count)))
    }
    let isCentred = data.isImages && settings.model.centered
    states = levels.enumerated().flatMap { index, level -> [Float] in
      let clean = data.example(index)
      let noise = RandomStream(
        seed: settings.seed, purpose: .diagnostics, example: UInt64(index)
      ).normal(count: clean.count)
      return zip(clean, noise).map { x, z in
        level.meanFactor * (isCentred ? 2 * x - 1 : x) + level.standardDeviation * z
      }
    }
    standardDeviations = levels.map(\.standardDeviation)
    conditions = levels.map(\.condition)
  }
}
