import Datasets
import Evaluation
import RunConfiguration
import Scores
import Training

/// Our own result: the skew form of the penalty's estimator against the paper's.
///
/// Both have the mean `1/2 |J - J^T|_F^2` over probes v: the paper's is `|J^T v|^2 - (J^T v).(J v)`
/// (Chao et al. 2023, section 4), the skew form `1/2 |J v - J^T v|^2`. In the plane the skew form of
/// a probe of signs has no noise at all, for `|A v|` is the same for all of them.
struct SkewEstimator: Experiment {
  static let name = "skew-estimator"
  static let summary =
    "The skew estimator of the penalty against the paper's: noise of value and gradient, training"

  let options: ExperimentOptions

  init(_ options: ExperimentOptions) {
    self.options = options
  }

  /// Trains starts, measures the estimators on them, trains on with each estimator, and measures them
  /// on what the skew form has trained.
  func run(in context: ExperimentContext) throws -> ExperimentReport {
    var results: [EstimatorResult] = []
    for task in EstimatorCase.allCases {
      for seed in 0..<(options.seeds ?? 1) {
        let start = "\(task.rawValue)-start-\(seed)"
        let first = try measureNoise(task, seed: seed, of: start, in: context) {
          try context.train(try startSettings(task, seed: seed), as: start)
        }
        var trainings: [EstimatorTraining] = []
        for choice in EstimatorChoice.trained {
          trainings.append(
            try training(task, choice, seed: seed, start: start, in: context))
        }
        let end = name(task, .skewOnce, seed: seed)
        let last = try measureNoise(task, seed: seed, of: end, in: context) {
          try context.train(
            try trainingSettings(task, .skewOnce, seed: seed), as: end, from: start)
        }
        results.append(
          EstimatorResult(task: task, noise: [first, last], trainings: trainings))
      }
    }
    return report(results)
  }

  private func settings(
    _ preset: String, _ task: EstimatorCase, seed: Int, _ more: [String]
  ) throws -> RunSettings {
    var overrides = [
      "training.sample_every=0", "training.evaluate_every=0", "evaluation.weights=raw",
      "ema.decay=0", "seed=\(seed)",
    ]
    if !task.isPlane {
      overrides += [
        "model.width=16", "training.global_batch=16", "optimizer.warmup_steps=50",
        "evaluation.examples=\(options.isQuick ? 8 : 100)", "evaluation.levels=5",
      ]
    }
    if task.isPlane, options.isQuick {
      overrides += [
        "training.global_batch=500", "dataset.points=4000", "evaluation.examples=500",
        "evaluation.levels=4",
      ]
    }
    return try ResolvedSettings(preset, overrides: overrides + more).settings
  }

  private func startSettings(_ task: EstimatorCase, seed: Int) throws -> RunSettings {
    let steps = options.isQuick ? (task.isPlane ? 60 : 2) : (task.isPlane ? nil : 2000)
    return try settings(
      task.startPreset, task, seed: seed, steps.map { ["training.steps=\($0)"] } ?? [])
  }

  private func measureNoise(
    _ task: EstimatorCase, seed: Int, of run: String, in context: ExperimentContext,
    state: () throws -> TrainingState
  ) throws -> [String: EstimatorNoise] {
    let settings = try settings(task.penaltyPreset, task, seed: seed, [])
    return try context.stage("noise-\(run)") {
      let state = try state()
      let weights = ModelWeights(borrowing: state.bindings(to: state.parameters))
      let count = task.isPlane ? 500 : (options.isQuick ? 2 : 8)
      let examples = try NoisyExamples(
        try settings.examples(.train), count: count, settings: settings)
      var noise: [String: EstimatorNoise] = [:]
      for estimator in Self.compared {
        noise[estimator.rawValue] = try EstimatorNoise(
          of: PenaltyProgram(
            try settings.scoreModel(), estimator: estimator,
            noisePower: settings.regularizer.noisePower, batch: count),
          weights: weights, examples: examples, groups: groups(task), seed: settings.seed,
          options: settings.compileOptions, over: context.world)
      }
      return noise
    }
  }

  /// The estimators that are compared.
  static let compared: [QuasiConservative.Estimator] = [.paper, .skew]

  private func groups(_ task: EstimatorCase) -> Int {
    if options.isQuick { return task.isPlane ? 8 : 2 }
    return task.isPlane ? 64 : 24
  }

  private func name(_ task: EstimatorCase, _ choice: EstimatorChoice, seed: Int) -> String {
    "\(task.rawValue)-\(choice.slug)-\(seed)"
  }

  private func trainingSettings(
    _ task: EstimatorCase, _ choice: EstimatorChoice, seed: Int
  ) throws -> RunSettings {
    let steps = options.isQuick ? (task.isPlane ? 20 : 2) : (task.isPlane ? 500 : 100)
    return try settings(
      task.penaltyPreset, task, seed: seed,
      [
        "regularizer.estimator=\(choice.estimator.rawValue)",
        "regularizer.probes=\(choice.probes)", "training.steps=\(steps)",
        "training.log_every=\(max(1, steps / 50))", "optimizer.warmup_steps=0",
      ])
  }

  private func training(
    _ task: EstimatorCase, _ choice: EstimatorChoice, seed: Int, start: String,
    in context: ExperimentContext
  ) throws -> EstimatorTraining {
    let name = name(task, choice, seed: seed)
    let settings = try trainingSettings(task, choice, seed: seed)
    return try context.stage("training-\(name)") {
      let state = try context.train(settings, as: name, from: start)
      let data = try settings.testExamples()
      let report = try evaluate(
        try settings.diffusionModel(),
        weights: ModelWeights(borrowing: state.bindings(to: state.parameters)),
        plan: settings.evaluationPlan(available: data.count), data: data,
        isCentred: data.isImages && settings.model.centered,
        denoising: settings.trainingObjective.denoising ?? .init(),
        options: settings.compileOptions, over: context.world)
      return EstimatorTraining(
        title: choice.title, measures: report?.mean,
        penalty: try context.curve(of: "regularizer", in: name),
        rate: try context.curve(of: "images_per_second", in: name),
        batch: settings.training.globalBatch)
    }
  }
}
