public import Datasets
public import Execution
import Foundation
public import MPI
import Randomness
import Scores

/// Measures the log-likelihood of examples by the probability flow, groups spread over all ranks.
///
/// The method is that of Song et al. 2021, appendix D.2. A group of examples shares its step sizes
/// and is integrated by one rank, so the result is the same on any number of ranks. Every rank must
/// call this.
///
/// - Parameters:
///   - model: The model and its process.
///   - weights: The values of its parameters, equal on all ranks.
///   - plan: What is measured.
///   - data: The examples, at least as many as the plan asks for.
///   - isCentred: Whether images are scaled from [0, 1] to [-1, 1].
///   - options: Backends and algorithms.
///   - communicator: The ranks.
///   - progress: Called on each rank before each of its groups with the share that is done.
/// - Returns: The likelihood of each example on rank 0, nil on others.
/// - Throws: `ScoresError.numericalFailure` where the solver fails, an error of a numerical library,
///   `MPIError`, and what `progress` throws.
public func measureLikelihood(
  of model: DiffusionModel, weights: ModelWeights, plan: LikelihoodPlan, data: any Dataset,
  isCentred: Bool = false, options: CompileOptions = CompileOptions(),
  over communicator: Communicator, progress: (Double) throws -> Void = { _ in }
) throws -> ExampleLikelihoods? {
  let work = try LikelihoodWork(
    model: model, weights: weights, plan: plan, data: data, isCentred: isCentred, options: options)
  let rows = try work.rows(ofRank: communicator.rank, of: communicator.size, progress)
  return try communicator.gather(rows).map(work.likelihoods)
}

/// The measurement, cut into groups that do not depend on the number of ranks.
struct LikelihoodWork {
  private let model: DiffusionModel
  private let plan: LikelihoodPlan
  private let data: any Dataset
  private let isCentred: Bool
  private let compiled: CompiledScore
  private let flow: ProbabilityFlow
  private let groups: SampleGroups

  init(
    model: DiffusionModel, weights: ModelWeights, plan: LikelihoodPlan, data: any Dataset,
    isCentred: Bool = false, options: CompileOptions = CompileOptions()
  ) throws {
    precondition(
      plan.examples <= data.count, "\(plan.examples) examples of a data set of \(data.count)")
    (self.model, self.plan, self.data, self.isCentred) = (model, plan, data, isCentred)
    compiled = try CompiledScore(
      model, weights: weights, batch: plan.unit,
      with: plan.divergence == .exact ? .divergence : .product, options: options)
    flow = try ProbabilityFlow(sde: model.sde, solver: plan.solver, epsilon: plan.epsilon)
    groups = try SampleGroups(samples: plan.examples, groupSize: plan.groupSize)
  }

  private var units: DealtUnits { DealtUnits(count: groups.count * plan.draws) }

  /// Integrates the groups of a rank: for each its calls, then the nats of its examples.
  func rows(
    ofRank rank: Int, of size: Int, _ progress: (Double) throws -> Void = { _ in }
  ) throws -> [Double] {
    let mine = units.units(ofRank: rank, of: size)
    var rows: [Double] = []
    for (done, unit) in mine.enumerated() {
      try progress(Double(done) / Double(mine.count))
      let (draw, examples) = (unit / groups.count, groups[unit % groups.count])
      let likelihood = try flow.likelihood(
        of: examples.flatMap { point($0, draw: draw) }, dimensions: model.dimensions,
        divergence: divergence(of: examples, draw: draw))
      rows.append(Double(likelihood.calls))
      rows += likelihood.logDensities.map { -$0 }
    }
    return rows
  }

  private func divergence(of examples: Range<Int>, draw: Int) -> BatchDivergence {
    guard plan.divergence == .hutchinson else { return compiled.divergence }
    let probes = examples.flatMap {
      EvaluationNoise.likelihood.stream(seed: plan.seed, number: draw, example: $0)
        .rademacher(count: model.dimensions)
    }
    return hutchinsonDivergence(
      probes: probes, dimensions: model.dimensions, product: compiled.product)
  }

  private func point(_ example: Int, draw: Int) -> [Float] {
    var values = data.example(example)
    if plan.dequantizes {
      let noise = RandomStream(
        seed: plan.seed, purpose: .dequantization, step: UInt64(draw), example: UInt64(example)
      ).uniform(count: values.count)
      for index in values.indices { values[index] = (255 * values[index] + noise[index]) / 256 }
    }
    return isCentred ? values.map { 2 * $0 - 1 } : values
  }

  /// Puts the rows of all ranks into the order of the examples.
  func likelihoods(_ rowsOfRanks: [[Double]]) -> ExampleLikelihoods {
    let rows = units.inOrder(rowsOfRanks) { 1 + groups[$0 % groups.count].count }
    var (calls, nats) = (0.0, [Double](repeating: 0, count: plan.examples))
    var position = 0
    for unit in 0..<units.count {
      calls += rows[position] / Double(units.count)
      position += 1
      for example in groups[unit % groups.count] {
        nats[example] += rows[position] / Double(plan.draws)
        position += 1
      }
    }
    return ExampleLikelihoods(
      nats: nats, calls: calls, dimensions: model.dimensions, plan: plan)
  }
}
