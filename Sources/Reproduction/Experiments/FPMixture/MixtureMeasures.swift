import Evaluation
import MPI
import Networks
import RunConfiguration
import Scores
import Training

/// What is measured of one trained model against the known density.
struct MixtureMeasures: Codable, Sendable {
  /// `r(t) = E |e| / D` at the times of the plan.
  let residuals: [Double]
  /// `1/2 E |J - J^T|_F^2` times the variance of the noise at these times.
  let asymmetries: [Double]
  /// `1/2 E |J - J^T|_F^2`, the mean over the times.
  let asymmetry: Double
  /// The divergence KL(p, q) of the model's density q from the known one, in nats.
  let divergence: Double
  /// The negative log-likelihood `-E log q`, in nats.
  let likelihood: Double
  /// `E s^2 |score - exact|^2`, the mean over the times.
  let scoreError: Double

  /// Measures the averaged weights of a run; every rank must call this.
  init(
    of state: TrainingState, settings: RunSettings, plan: FPMixturePlan, over world: Communicator
  ) throws {
    let model = try settings.diffusionModel()
    let weights = ModelWeights(borrowing: state.bindings(to: state.average))
    residuals =
      try residualCurve(
        of: model, weights: weights,
        plan: ResidualPlan(
          times: plan.times, examples: plan.residualExamples, seed: plan.measurementSeed),
        data: plan.testPoints, over: world
      )?.map(\.residual.value) ?? []
    let report = try evaluate(
      model, weights: weights,
      plan: EvaluationPlan(
        times: plan.times, examples: plan.residualExamples, seed: plan.measurementSeed,
        unit: min(500, plan.residualExamples)),
      data: plan.testPoints, over: world)
    // Rank 0 alone has the curve and the report; its result is everybody's.
    asymmetries = report?.levels.map { $0.measures.weightedAsymmetry?.value ?? .nan } ?? []
    asymmetry = report?.mean.asymmetry?.value ?? .nan
    let density = try MixtureDensity(model, weights: weights, plan: plan)
    (divergence, likelihood) = try density.likelihood(over: world)
    scoreError = try density.scoreError()
  }
}

/// A model's density and score beside the known ones.
private struct MixtureDensity {
  let model: DiffusionModel
  let plan: FPMixturePlan
  let compiled: CompiledScore

  // Points whose flows share their step sizes, whatever the number of ranks.
  private static let group = 100

  init(_ model: DiffusionModel, weights: ModelWeights, plan: FPMixturePlan) throws {
    self.model = model
    self.plan = plan
    compiled = try CompiledScore(model, weights: weights, batch: Self.group, with: .divergence)
  }

  /// KL and NLL from the exact divergence of the probability flow.
  ///
  /// The flow ends at the smallest time of training, so both densities have the noise of that time.
  func likelihood(over world: Communicator) throws -> (divergence: Double, likelihood: Double) {
    let (mixture, epsilon) = (FPMixturePlan.mixture, model.sde.trainingEpsilon)
    let flow = try ProbabilityFlow(
      sde: model.sde, solver: RungeKutta45(relativeTolerance: 1e-5, absoluteTolerance: 1e-5),
      epsilon: epsilon)
    let count = plan.likelihoodExamples
    let points = mixture.noisyPoints(count, at: epsilon, of: model.sde, seed: ~plan.measurementSeed)
    var sums = [0.0, 0]
    for group in stride(
      from: world.rank * Self.group, to: count, by: world.size * Self.group)
    {
      let part = Array(points[2 * group..<2 * min(group + Self.group, count)])
      let densities = try flow.likelihood(
        of: part.map { Float($0) }, dimensions: 2, divergence: compiled.divergence
      ).logDensities
      for (index, density) in densities.enumerated() {
        let point = Array(part[2 * index..<2 * index + 2])
        let exact = mixture.marginal(at: point, time: epsilon, of: model.sde).logDensity
        sums[0] += exact - density
        sums[1] -= density
      }
    }
    try world.allReduce(&sums, by: .sum)
    return (sums[0] / Double(count), sums[1] / Double(count))
  }

  /// `E s^2 |score - exact|^2`, the mean over the times of the plan.
  func scoreError() throws -> Double {
    let count = min(1000, plan.residualExamples)
    let errors = try plan.times.map { time -> Double in
      let points = FPMixturePlan.mixture.noisyPoints(
        count, at: time, of: model.sde, seed: plan.measurementSeed)
      var scores = [Float](repeating: 0, count: points.count)
      try compiled.score(points.map { Float($0) }, time, &scores)
      let std = model.sde.std(at: time)
      let squares = (0..<count).reduce(0.0) { sum, index in
        let point = Array(points[2 * index..<2 * index + 2])
        let exact = FPMixturePlan.mixture.marginal(at: point, time: time, of: model.sde).score
        return zip(exact, scores[2 * index..<2 * index + 2]).reduce(sum) {
          $0 + ($1.0 - Double($1.1)) * ($1.0 - Double($1.1))
        }
      }
      return std * std * squares / Double(count)
    }
    return errors.reduce(0, +) / Double(errors.count)
  }
}
