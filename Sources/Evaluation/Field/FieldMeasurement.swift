public import Datasets
public import Execution
public import MPI
import Randomness
import Scores

/// Holds a model's field against the Parzen score of a data set, the work spread over all ranks.
///
/// The result is the same on any number of ranks. Every rank must call this.
///
/// - Parameters:
///   - model: The model and its process.
///   - weights: The values of its parameters, equal on all ranks.
///   - plan: What is measured.
///   - data: Points, at least as many as the plan asks for; all of them make the Parzen score.
///   - options: Backends and algorithms.
///   - communicator: The ranks.
/// - Returns: The report on rank 0, nil on others.
/// - Throws: An error of a numerical library or `MPIError`.
public func measureField(
  of model: DiffusionModel, weights: ModelWeights, plan: FieldPlan, data: any Dataset,
  options: CompileOptions = CompileOptions(), over communicator: Communicator
) throws -> FieldReport? {
  let work = try FieldWork(
    model: model, weights: weights, plan: plan, data: data, options: options)
  let rows = try work.rows(ofRank: communicator.rank, of: communicator.size)
  return try communicator.gather(rows).map(work.report)
}

/// The measurement, cut into units that do not depend on the number of ranks.
struct FieldWork {
  let model: DiffusionModel
  let plan: FieldPlan
  private let points: [Float]
  private let compiled: CompiledScore
  private let options: CompileOptions

  init(
    model: DiffusionModel, weights: ModelWeights, plan: FieldPlan, data: any Dataset,
    options: CompileOptions = CompileOptions()
  ) throws {
    precondition(
      plan.examples <= data.count, "\(plan.examples) points of a data set of \(data.count)")
    precondition(
      model.dimensions <= EvaluationPlan.largestExactDimension,
      "a Parzen score in \(model.dimensions) dimensions")
    (self.model, self.plan, self.options) = (model, plan, options)
    points = (0..<data.count).flatMap { data.example($0) }
    compiled = try CompiledScore(
      model, weights: weights, batch: min(FieldPlan.unit, plan.examples), with: .jacobian,
      options: options)
  }

  private var unitsPerLevel: Int { (plan.examples + FieldPlan.unit - 1) / FieldPlan.unit }

  private var units: DealtUnits { DealtUnits(count: unitsPerLevel * plan.levels.count) }

  private func examples(of unit: Int) -> Range<Int> {
    let start = unit % unitsPerLevel * FieldPlan.unit
    return start..<min(start + FieldPlan.unit, plan.examples)
  }

  /// Measures the units of a rank: rows of squared error, asymmetry and squared norm of J.
  func rows(ofRank rank: Int, of size: Int) throws -> [Double] {
    var rows: [Double] = []
    var parzen: (level: Int, score: ParzenScore)?
    for unit in units.units(ofRank: rank, of: size) {
      let level = unit / unitsPerLevel
      if parzen?.level != level { parzen = (level, try parzenScore(at: level)) }
      guard let score = parzen?.score else { continue }
      rows += try self.rows(of: examples(of: unit), level: level, parzen: score)
    }
    return rows
  }

  private func rows(
    of examples: Range<Int>, level: Int, parzen: ParzenScore
  ) throws -> [Double] {
    let (noiseTime, modelTime) = (plan.levels[level].noiseTime, plan.levels[level].modelTime)
    let states = noisy(examples, level: level, .field)
    let (size, std) = (model.dimensions, model.sde.std(at: noiseTime))
    // The reference adds 1e-8 to the sum over the points, not to their mean.
    let floor = plan.form == .reference ? 1e-8 / Double(points.count / size) : 0
    let exact = try parzen.scores(at: states, std: std, floor: floor)
    var scores = [Float](repeating: 0, count: states.count)
    var jacobians = [Float](repeating: 0, count: states.count * size)
    try compiled.jacobian(states, modelTime, &scores, &jacobians)
    return examples.indices.flatMap { index -> [Double] in
      let row = index - examples.startIndex
      let error = (row * size..<(row + 1) * size).reduce(0) {
        $0 + 0.5 * (Double(scores[$1]) - exact[$1]) * (Double(scores[$1]) - exact[$1])
      }
      let jacobian = jacobians[row * size * size..<(row + 1) * size * size].map(Double.init)
      return [error] + rotation(of: jacobian, size)
    }
  }

  private func parzenScore(at level: Int) throws -> ParzenScore {
    let (size, time) = (model.dimensions, plan.levels[level].noiseTime)
    let factor = Float(model.sde.meanFactor(at: time))
    let all = 0..<points.count / size
    let centres =
      plan.form == .reference ? noisy(all, level: level, .centres) : points.map { factor * $0 }
    return try ParzenScore(points: centres, dimensions: size, options: options)
  }

  private func noisy(_ examples: Range<Int>, level: Int, _ use: EvaluationNoise) -> [Float] {
    let (size, time) = (model.dimensions, plan.levels[level].noiseTime)
    let (factor, std) = (Float(model.sde.meanFactor(at: time)), Float(model.sde.std(at: time)))
    return examples.flatMap { example -> [Float] in
      let noise = use.stream(seed: plan.seed, number: level, example: example).normal(count: size)
      return (0..<size).map { factor * points[example * size + $0] + std * noise[$0] }
    }
  }

  /// Summarises the rows of all ranks.
  func report(_ rowsOfRanks: [[Double]]) -> FieldReport {
    let rows = units.inOrder(rowsOfRanks) { examples(of: $0).count * FieldSummary.columns }
    let perLevel = plan.examples * FieldSummary.columns
    let summaries = plan.levels.indices.map {
      FieldSummary(rows: rows[$0 * perLevel..<($0 + 1) * perLevel], form: plan.form)
    }
    return FieldReport(
      form: plan.form, examples: plan.examples,
      levels: zip(plan.levels, summaries).map { level, summary in
        FieldReport.Level(
          time: level.noiseTime, std: model.sde.std(at: level.noiseTime),
          measures: summary.measures)
      }, mean: FieldSummary(meanOf: summaries).measures)
  }
}

/// `1/2 |J - J^T|_F^2` and `|J|_F^2` of one Jacobian.
private func rotation(of jacobian: [Double], _ size: Int) -> [Double] {
  var (asymmetry, norm) = (0.0, 0.0)
  for row in 0..<size {
    for column in 0..<size {
      let entry = jacobian[row * size + column]
      let gap = entry - jacobian[column * size + row]
      asymmetry += 0.5 * gap * gap
      norm += entry * entry
    }
  }
  return [asymmetry, norm]
}
