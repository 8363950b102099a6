import Datasets
import Evaluation
import Execution
import MPI
import RunConfiguration
import Scores
import Training

/// What is measured of a model of the plane.
struct PlaneMeasurement: Codable {
  /// In the form on which the published table depends.
  let reference: FieldReport
  /// At matched times, against the exact score of the data.
  let matched: FieldReport
  /// Nats of the training points.
  let likelihood: LikelihoodReport
  /// Of training points and samples, by balls to the third neighbour.
  let overlap: SupportOverlap
  /// Network calls of a sample.
  let sampleCalls: Double
  /// The first samples, flat [N, 2], for a picture.
  let samples: [Float]

  private static let picturedSamples = 2000

  /// Measures a model; every rank must call this.
  ///
  /// - Parameters:
  ///   - model: The model and its process.
  ///   - weights: Its weights, equal on all ranks.
  ///   - settings: How it is measured: sections `evaluation` and `sampling`.
  ///   - fieldExamples: The points at which the field is measured.
  ///   - world: The ranks.
  /// - Returns: The numbers on rank 0, nil on others.
  /// - Throws: What training data, solvers and measurements throw.
  static func make(
    of model: DiffusionModel, weights: ModelWeights, settings: RunSettings, fieldExamples: Int,
    over world: Communicator
  ) throws -> PlaneMeasurement? {
    // The paper trains and measures on the same points.
    let data = try settings.examples(.train)
    func field(_ form: FieldPlan.Form) throws -> FieldReport? {
      try measureField(
        of: model, weights: weights,
        plan: FieldPlan(
          form, levels: settings.evaluation.levels, epsilon: settings.sde.timeEpsilon,
          examples: min(fieldExamples, data.count), seed: settings.seed),
        data: data, over: world)
    }
    let (reference, matched) = (try field(.reference), try field(.matched))
    var plan = try settings.likelihoodPlan(available: data.count)
    plan.examples = data.count
    let likelihood = try measureLikelihood(
      of: model, weights: weights, plan: plan, data: data, over: world)
    let samples = try drawSamples(
      settings.sampleGroups(), by: settings.samplingMethod(), of: model, weights: weights,
      seed: settings.seed, over: world)
    guard let reference, let matched, let likelihood else { return nil }
    let count = samples.values.count / 2
    let real = (0..<min(count, data.count)).flatMap { data.example($0) }
    return PlaneMeasurement(
      reference: reference, matched: matched, likelihood: likelihood.report,
      overlap: SupportOverlap(
        real: matrix(real), fake: matrix(samples.values), neighbours: neighbours),
      sampleCalls: samples.callsPerSample,
      samples: Array(samples.values.prefix(2 * picturedSamples)))
  }

  /// The number k of neighbours of precision and recall.
  static let neighbours = 3

  private static func matrix(_ points: [Float]) -> DenseMatrix {
    DenseMatrix(rows: points.count / 2, columns: 2, values: points.map(Double.init))
  }
}
