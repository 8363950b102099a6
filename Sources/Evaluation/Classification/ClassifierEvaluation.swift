public import Datasets
public import Execution
public import MPI
import Randomness
import Scores

/// How well a classifier tells classes apart under noise.
public struct ClassifierReport: Sendable, Equatable, Codable {
  /// One noise level.
  public struct Level: Sendable, Equatable, Codable {
    /// The time of the process.
    public var time: Double
    /// The standard deviation of the noise.
    public var std: Double
    /// The share of examples whose class has the largest logit.
    public var accuracy: Estimate
    /// The mean cross-entropy, in nats.
    public var crossEntropy: Estimate

    enum CodingKeys: String, CodingKey {
      case time, std, accuracy
      case crossEntropy = "cross_entropy"
    }
  }

  /// The number of examples.
  public var examples: Int
  /// The levels in ascending order of time.
  public var levels: [Level]
}

/// Measures the accuracy of a classifier against the noise level, the work spread over all ranks.
///
/// Units of work are a noise level and a fixed number of examples; every example has noise of its
/// own for each level, so the result is the same on any number of ranks. Every rank must call this.
///
/// - Parameters:
///   - model: The classifier and its process.
///   - weights: The values of its parameters, equal on all ranks.
///   - plan: At which noise levels, on how many examples; probes and rotation do not matter.
///   - data: The examples with labels, at least as many as the plan asks for.
///   - isCentred: Whether images are scaled from [0, 1] to [-1, 1].
///   - options: Backends and algorithms.
///   - communicator: The ranks.
/// - Returns: The report on rank 0, nil on others.
/// - Throws: An error of a numerical library or `MPIError`.
public func classify(
  _ model: NoisyClassifier, weights: ModelWeights, plan: EvaluationPlan, data: any Dataset,
  isCentred: Bool = false, options: CompileOptions = CompileOptions(),
  over communicator: Communicator
) throws -> ClassifierReport? {
  let work = ClassificationWork(model: model, plan: plan, data: data, isCentred: isCentred)
  let compiled = try CompiledClassifier(
    model, weights: weights, batch: plan.unit, differentiates: false, options: options)
  var rows: [Double] = []
  for unit in stride(from: communicator.rank, to: work.unitCount, by: communicator.size) {
    rows += try work.rows(of: unit, by: compiled)
  }
  return try communicator.gather(rows).map(work.report)
}

/// A measurement, cut into units that do not depend on the number of ranks.
private struct ClassificationWork {
  let model: NoisyClassifier
  let plan: EvaluationPlan
  let data: any Dataset
  let isCentred: Bool

  private var unitsPerLevel: Int { (plan.examples + plan.unit - 1) / plan.unit }
  var unitCount: Int { unitsPerLevel * plan.times.count }

  private func examples(of unit: Int) -> Range<Int> {
    let start = unit % unitsPerLevel * plan.unit
    return start..<min(start + plan.unit, plan.examples)
  }

  /// Two numbers for each example of a unit: whether it is recognized, and its cross-entropy.
  func rows(of unit: Int, by compiled: CompiledClassifier) throws -> [Double] {
    let (level, examples) = (unit / unitsPerLevel, examples(of: unit))
    let time = plan.times[level]
    let states = examples.flatMap { noisy($0, level: level, time: time) }
    return try compiled.judge(states, labels: examples.map(data.label), at: time)
      .flatMap { [$0.isCorrect ? 1 : 0, $0.crossEntropy] }
  }

  private func noisy(_ example: Int, level: Int, time: Double) -> [Float] {
    let stream = RandomStream(
      seed: plan.seed, purpose: .evaluation, step: UInt64(level), example: UInt64(example))
    let (factor, std) = (model.sde.meanFactor(at: time), model.sde.std(at: time))
    return zip(data.example(example), stream.normal(count: model.dimensions)).map { clean, noise in
      let value = isCentred ? 2 * Double(clean) - 1 : Double(clean)
      return Float(factor * value + std * Double(noise))
    }
  }

  /// Summarises the rows of all ranks, each of which has those of its units in order.
  func report(_ rowsOfRanks: [[Double]]) -> ClassifierReport {
    var positions = [Int](repeating: 0, count: rowsOfRanks.count)
    var rows = [[Double]](repeating: [], count: plan.times.count)
    for unit in 0..<unitCount {
      let rank = unit % rowsOfRanks.count
      let end = positions[rank] + 2 * examples(of: unit).count
      rows[unit / unitsPerLevel] += rowsOfRanks[rank][positions[rank]..<end]
      positions[rank] = end
    }
    return ClassifierReport(
      examples: plan.examples,
      levels: zip(plan.times, rows).map { time, rows in
        func estimate(_ column: Int) -> Estimate {
          Statistic(meanOf: stride(from: column, to: rows.count, by: 2).map { rows[$0] }).estimate
        }
        return ClassifierReport.Level(
          time: time, std: model.sde.std(at: time), accuracy: estimate(0),
          crossEntropy: estimate(1))
      })
  }
}
