public import Datasets
public import Execution
public import MPI
public import Scores

/// Measures a model on a data set, the work spread over all ranks.
///
/// Units of work are a noise level and a fixed number of examples; every example has noise and
/// probes of its own for each level, so the result is the same on any number of ranks. Dropout is
/// off. Every rank must call this.
///
/// - Parameters:
///   - model: The model and its process.
///   - weights: The values of its parameters, equal on all ranks.
///   - plan: What is measured.
///   - data: The examples, at least as many as the plan asks for.
///   - isCentred: Whether images are scaled from [0, 1] to [-1, 1].
///   - denoising: How the squares of the denoising residual are reduced.
///   - options: Backends and algorithms.
///   - communicator: The ranks.
///   - progress: Called on each rank before each of its units with the share that is done.
/// - Returns: The report on rank 0, nil on others.
/// - Throws: An error of a numerical library or `MPIError`; what `progress` throws.
public func evaluate(
  _ model: DiffusionModel, weights: ModelWeights, plan: EvaluationPlan, data: any Dataset,
  isCentred: Bool = false, denoising: DenoisingScoreMatching = DenoisingScoreMatching(),
  options: CompileOptions = CompileOptions(), over communicator: Communicator,
  progress: (Double) throws -> Void = { _ in }
) throws -> EvaluationReport? {
  precondition(
    plan.examples <= data.count, "\(plan.examples) examples of a data set of \(data.count)")
  let work = EvaluationWork(
    model: model, weights: weights, plan: plan, data: data, isCentred: isCentred,
    denoising: denoising, options: options)
  let rows = try work.rows(ofRank: communicator.rank, of: communicator.size, progress)
  return try communicator.gather(rows).map(work.report)
}

/// An evaluation, cut into units that do not depend on the number of ranks.
struct EvaluationWork {
  let model: DiffusionModel
  let weights: ModelWeights
  let plan: EvaluationPlan
  let data: any Dataset
  var isCentred = false
  var denoising = DenoisingScoreMatching()
  var options = CompileOptions()

  private var unitsPerLevel: Int { (plan.examples + plan.unit - 1) / plan.unit }
  private var unitCount: Int { unitsPerLevel * plan.times.count }

  private func level(of unit: Int) -> Int { unit / unitsPerLevel }

  private func examples(of unit: Int) -> Range<Int> {
    let start = unit % unitsPerLevel * plan.unit
    return start..<min(start + plan.unit, plan.examples)
  }

  /// Measures every unit of a rank: rows of numbers, in the order of the units.
  func rows(
    ofRank rank: Int, of size: Int, _ progress: (Double) throws -> Void = { _ in }
  ) throws -> [Double] {
    let units = DealtUnits(count: unitCount).units(ofRank: rank, of: size)
    if units.isEmpty { return [] }
    let meter = try ExampleMeter(
      model, weights: weights, plan: plan, data: data, isCentred: isCentred,
      denoising: denoising, options: options)
    var rows: [Double] = []
    for (done, unit) in units.enumerated() {
      try progress(Double(done) / Double(units.count))
      rows += try meter.rows(of: examples(of: unit), level: level(of: unit))
    }
    return rows
  }

  /// Summarises the rows of all ranks.
  func report(_ rowsOfRanks: [[Double]]) -> EvaluationReport {
    let stds = plan.times.map { model.sde.std(at: $0) }
    let summaries = zip(measuresByLevel(rowsOfRanks), stds).map {
      LevelSummary($0, std: $1, estimator: plan.estimator)
    }
    return EvaluationReport(
      examples: plan.examples, estimator: plan.estimator,
      probes: plan.isExact(for: model) ? 0 : plan.probes,
      levels: plan.times.indices.map { level in
        EvaluationReport.Level(
          time: plan.times[level], std: stds[level], measures: summaries[level].measures)
      }, mean: LevelSummary(meanOf: summaries).measures)
  }

  private func measuresByLevel(_ rowsOfRanks: [[Double]]) -> [ExampleMeasures] {
    let measuresRotation = plan.measuresRotation
    let width = ExampleMeasures.names(measuresRotation: measuresRotation).count
    let rows = DealtUnits(count: unitCount).inOrder(rowsOfRanks) { examples(of: $0).count * width }
    let perLevel = plan.examples * width
    return plan.times.indices.map { level in
      ExampleMeasures(
        rows: Array(rows[level * perLevel..<(level + 1) * perLevel]),
        measuresRotation: measuresRotation)
    }
  }
}
