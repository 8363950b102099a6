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
  let units = WorkUnits(plan)
  let mine = Array(stride(from: communicator.rank, to: units.count, by: communicator.size))
  var rows: [Double] = []
  if !mine.isEmpty {
    let meter = try ExampleMeter(
      model, weights: weights, plan: plan, data: data, isCentred: isCentred,
      denoising: denoising, options: options)
    for (done, unit) in mine.enumerated() {
      try progress(Double(done) / Double(mine.count))
      rows += try meter.rows(of: units.examples(of: unit), level: units.level(of: unit))
    }
  }
  guard let gathered = try communicator.gather(rows) else { return nil }
  let measures = units.measuresByLevel(gathered)
  return report(measures, plan: plan, model: model)
}

private func report(
  _ measures: [ExampleMeasures], plan: EvaluationPlan, model: DiffusionModel
) -> EvaluationReport {
  let stds = plan.times.map { model.sde.std(at: $0) }
  let summaries = zip(measures, stds).map {
    LevelSummary($0, std: $1, estimator: plan.estimator)
  }
  let levels = plan.times.indices.map { level in
    EvaluationReport.Level(
      time: plan.times[level], std: stds[level], measures: summaries[level].measures)
  }
  return EvaluationReport(
    examples: plan.examples, estimator: plan.estimator,
    probes: plan.isExact(for: model) ? 0 : plan.probes, levels: levels,
    mean: LevelSummary(meanOf: summaries).measures)
}

/// The work of an evaluation, cut into pieces that do not depend on the number of ranks.
private struct WorkUnits {
  let plan: EvaluationPlan

  init(_ plan: EvaluationPlan) { self.plan = plan }

  var unitsPerLevel: Int { (plan.examples + plan.unit - 1) / plan.unit }
  var count: Int { unitsPerLevel * plan.times.count }

  func level(of unit: Int) -> Int { unit / unitsPerLevel }

  func examples(of unit: Int) -> Range<Int> {
    let start = unit % unitsPerLevel * plan.unit
    return start..<min(start + plan.unit, plan.examples)
  }

  /// Puts the rows of all ranks, each in the order of its units, into the order of the examples.
  func measuresByLevel(_ gathered: [[Double]]) -> [ExampleMeasures] {
    let measuresRotation = plan.measuresRotation
    let width = ExampleMeasures.names(measuresRotation: measuresRotation).count
    var positions = [Int](repeating: 0, count: gathered.count)
    var rows = [[Double]](repeating: [], count: plan.times.count)
    for unit in 0..<count {
      let rank = unit % gathered.count
      let end = positions[rank] + examples(of: unit).count * width
      rows[level(of: unit)] += gathered[rank][positions[rank]..<end]
      positions[rank] = end
    }
    return rows.map { ExampleMeasures(rows: $0, measuresRotation: measuresRotation) }
  }
}
