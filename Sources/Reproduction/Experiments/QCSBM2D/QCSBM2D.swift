import Evaluation
import RunConfiguration
import Scores
import Training

/// Three models on three densities of the plane: Table 1 of Chao et al., QCSBM, 2023.
struct QCSBM2D: Experiment {
  static let name = "qcsbm-2d"
  static let summary =
    "QCSBM Table 1: score error, asymmetry and likelihood of C, U and QC on three toy densities"

  let options: ExperimentOptions

  init(_ options: ExperimentOptions) {
    self.options = options
  }

  /// Trains and measures every model, and the exact score of the 8-Gaussian.
  func run(in context: ExperimentContext) throws -> ExperimentReport {
    var results = PlaneResults()
    for seed in 0..<seeds {
      results.exact.append(try exactScore(seed: seed, in: context))
      for set in PlaneSet.allCases {
        for model in PlaneModel.allCases {
          let task = PlaneCase(set: set, model: model, seed: seed)
          results.runs[task.name] = try result(of: task, in: context)
        }
      }
    }
    results.pictures = try pictures(in: context)
    return report(results)
  }

  var seeds: Int { options.seeds ?? (options.isQuick ? 1 : 3) }

  /// The points at which a field is measured, as many as in the paper.
  private var fieldExamples: Int { options.isQuick ? 500 : 5000 }

  /// The recipe of a training.
  func settings(of task: PlaneCase) throws(ConfigurationError) -> RunSettings {
    try ResolvedSettings(task.preset, overrides: overrides + ["seed=\(task.seed)"]).settings
  }

  // The samples' groups are small enough to be spread over ranks.
  private var overrides: [String] {
    let shared = ["training.sample_every=0", "training.evaluate_every=0"]
    guard options.isQuick else {
      return shared + ["training.log_every=20", "sampling.group_size=1250"]
    }
    return shared + [
      "training.steps=60", "training.log_every=2", "training.global_batch=500",
      "dataset.points=4000", "sampling.count=500", "sampling.group_size=250",
      "evaluation.group_size=1000", "evaluation.levels=4",
    ]
  }

  private func result(of task: PlaneCase, in context: ExperimentContext) throws -> PlaneResult {
    let settings = try settings(of: task)
    return try context.stage(task.name) { () -> PlaneResult? in
      let state = try context.train(settings, as: task.name)
      let curves = try PlaneResult.Curves(of: task, in: context)
      let measurement = try PlaneMeasurement.make(
        of: try settings.diffusionModel(),
        weights: ModelWeights(borrowing: state.bindings(to: state.parameters)),
        settings: settings, fieldExamples: fieldExamples, over: context.world)
      return measurement.map { PlaneResult(measurement: $0, curves: curves) }
    }.required(task.name)
  }

  private func exactScore(
    seed: Int, in context: ExperimentContext
  ) throws -> PlaneMeasurement {
    let settings = try settings(
      of: PlaneCase(set: .gaussians, model: .unconstrained, seed: seed))
    let exact = try ExactGaussians.model(try settings.process())
    return try context.stage("exact-\(seed)") {
      try PlaneMeasurement.make(
        of: exact.model, weights: exact.weights, settings: settings,
        fieldExamples: fieldExamples, over: context.world)
    }.required("exact-\(seed)")
  }
}

/// What the experiment keeps of one training.
struct PlaneResult: Codable {
  /// Losses over the steps.
  struct Curves: Codable {
    let loss: [CurvePoint]
    let penalty: [CurvePoint]

    init(of task: PlaneCase, in context: ExperimentContext) throws {
      loss = try context.curve(of: "dsm", in: task.name)
      penalty =
        task.model == .quasiConservative
        ? try context.curve(of: "regularizer", in: task.name) : []
    }
  }

  let measurement: PlaneMeasurement
  let curves: Curves
}

/// Everything that the experiment's tables and figures are made of.
struct PlaneResults {
  /// Of the exact score of 8-Gaussian, for each seed's points.
  var exact: [PlaneMeasurement] = []
  /// By the names of their cases.
  var runs: [String: PlaneResult] = [:]
  var pictures: [PlanePicture] = []

  /// The results of all seeds of a model.
  func seeds(_ set: PlaneSet, _ model: PlaneModel) -> [PlaneResult] {
    (0...).lazy.map { runs[PlaneCase(set: set, model: model, seed: $0).name] }
      .prefix { $0 != nil }.compactMap { $0 }
  }
}

extension Optional {
  /// The value that a stage has computed on rank 0 and broadcast.
  func required(_ stage: String) throws -> Wrapped {
    guard let self else { preconditionFailure("rank 0 has no result of stage \(stage)") }
    return self
  }
}
