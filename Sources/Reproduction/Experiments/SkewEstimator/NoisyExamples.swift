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
    let times = (0..<count).map { schedule.time(at: (Double($0) + 0.5) / Double(count)) }
    func values(_ input: LevelInput) -> [Float] {
      times.map { schedule.value(of: input, at: $0) }
    }
    let factors = values(.meanFactor)
    let deviations = values(.standardDeviation)
    let isCentred = data.isImages && settings.model.centered
    states = times.indices.flatMap { index -> [Float] in
      let clean = data.example(index)
      let noise = RandomStream(
        seed: settings.seed, purpose: .diagnostics, example: UInt64(index)
      ).normal(count: clean.count)
      return zip(clean, noise).map { x, z in
        factors[index] * (isCentred ? 2 * x - 1 : x) + deviations[index] * z
      }
    }
    standardDeviations = deviations
    conditions = values(.condition)
  }
}
