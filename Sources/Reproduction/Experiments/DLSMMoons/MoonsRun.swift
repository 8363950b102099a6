import RunConfiguration

/// One of the networks that are trained on the moons, with the recipe of the authors' toy code.
enum MoonsRun: Hashable, Sendable {
  /// The score of all points.
  case score
  /// The score of the points of one class, for posterior score matching.
  case classScore(Int)
  /// A classifier by its cross-entropy: the paper's base and scaling.
  case crossEntropy
  /// A classifier by likelihood score matching alone.
  case likelihood
  /// A classifier by both: the paper's method.
  case total

  static let classifiers: [MoonsRun] = [.crossEntropy, .likelihood, .total]

  /// The label in tables and legends.
  var title: String {
    switch self {
    case .score: "Score"
    case .classScore(let label): "Posterior SM, class \(label)"
    case .crossEntropy: "CE"
    case .likelihood: "DLSM"
    case .total: "Total"
    }
  }

  /// The name of the run's folder.
  func name(seed: Int) -> String {
    switch self {
    case .score: "seed-\(seed)-score"
    case .classScore(let label): "seed-\(seed)-score-\(label)"
    case .crossEntropy: "seed-\(seed)-ce"
    case .likelihood: "seed-\(seed)-dlsm"
    case .total: "seed-\(seed)-total"
    }
  }

  private var learningRate: Double {
    switch self {
    case .score, .classScore: 6.5e-4
    case .likelihood: 2e-5
    case .crossEntropy, .total: 1e-5
    }
  }
}

/// How long the networks are trained and how often they are looked at.
struct MoonsLength: Sendable {
  let steps: Int
  let batch: Int
  let interval: Int
  /// Examples and noise levels of the cross-entropy over training.
  let examples: Int
  let levels: Int
  /// The steps and samples of each class of Langevin dynamics.
  let langevinSteps: Int
  let samples: Int

  static let full = MoonsLength(
    steps: 40_001, batch: 4000, interval: 2500, examples: 10_000, levels: 16,
    langevinSteps: 1000, samples: 10_000)

  /// For tests: enough that losses fall.
  static let quick = MoonsLength(
    steps: 120, batch: 400, interval: 40, examples: 400, levels: 4, langevinSteps: 20,
    samples: 200)

  /// The steps of the checkpoints that are looked at, the last step included.
  var checkpoints: [Int] { Array(stride(from: interval, to: steps, by: interval)) + [steps] }
}

extension MoonsRun {
  /// The settings of the run.
  ///
  /// - Parameters:
  ///   - seed: The seed.
  ///   - length: How long it is.
  ///   - scoreRun: The run folder of the score of all points, which classifiers need.
  /// - Returns: The settings, valid.
  /// - Throws: `ConfigurationError` if the preset does not fit the recipe.
  func settings(seed: Int, _ length: MoonsLength, scoreRun: String) throws -> RunSettings {
    var settings = try ResolvedSettings("toy-moons").settings
    settings.name = name(seed: seed)
    settings.seed = UInt64(seed)
    settings.optimizer.learningRate = learningRate
    settings.training.steps = length.steps
    settings.training.globalBatch = length.batch
    settings.training.checkpointEvery = length.interval
    settings.checkpoint.keepEvery = length.interval
    switch self {
    case .score: break
    case .classScore(let label): settings.dataset.only = label
    case .crossEntropy: settings.classifier.objective = .crossEntropy
    case .likelihood: settings.classifier.objective = .likelihood
    case .total:
      settings.classifier.objective = .total
      settings.classifier.coefficient = 0.125
    }
    if settings.classifier.needsScore {
      settings.classifier.scoreRun = scoreRun
      settings.classifier.scoreStep = length.steps
    }
    try settings.validate()
    return settings
  }
}
