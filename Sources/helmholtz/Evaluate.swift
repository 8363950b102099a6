import ArgumentParser
import MPI
import RunConfiguration
import Training

/// Measures the model of a run on the test examples.
struct Evaluate: ParsableCommand {
  /// How the asymmetry is estimated.
  enum Estimator: String, ExpressibleByArgument, CaseIterable {
    /// |u - w|^2 / 2 with u = J^T v and w = J v, NAsym as a ratio of means.
    case skew
    /// As the reference implementation has it: u.u - u.w, a mean of ratios, 100 levels, raw
    /// weights.
    case reference
  }

  static let configuration = CommandConfiguration(
    abstract: "Measure test loss, asymmetry, likelihood and score error of the model of a run.",
    discussion: """
      Each test example gets noise of its own at each noise level, from the seed of the run: the \
      numbers are the same on any number of ranks. Behind each number stands its standard error. \
      Settings of the section 'evaluation' hold unless an option says otherwise.

      dsm is the denoising loss; asym is |J - J^T|^2 / 2 of the score's Jacobian J, \
      asym_weighted the same times the variance of the noise, nasym is |J - J^T|^2 / (4 |J|^2), \
      0 for a gradient field. In the plane the whole Jacobian is computed.

      nll is the negative log-likelihood by the probability flow, in nats for an example and bits \
      for a dimension; score_error is |s - s*|^2 / 2 against the exact score s* of the noisy test \
      points, score_error_reference the same as the implementation of QCSBM has it: noise of \
      other times than the model is asked for, around points that are noisy themselves. \
      fpe_residual is |e| / D with e what the score lacks of its Fokker-Planck equation; the rate \
      beside it is |ds/dt| / D.

      Of a run that trains a classifier, accuracy and cross-entropy against the noise level are \
      measured instead.
      """)

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String

  @Option(help: "What to measure, of \(EvaluationMetric.names(EvaluationMetric.allCases)).")
  var metrics = EvaluationMetric.names(EvaluationMetric.ofLevels)

  @Option(help: ArgumentHelp("Write the numbers as JSON.", valueName: "file"))
  var json: String?

  @Option(help: "The weights to use: ema or raw; as configured by default.")
  var weights: WeightChoice?

  @Option(
    help: """
      The estimator of the asymmetry: skew, or reference with the noise levels and weights of the \
      reference implementation.
      """)
  var estimator: Estimator?

  @Option(help: "The step of the checkpoint; the newest by default.")
  var step: Int?

  @OptionGroup var changes: SettingChanges

  func validate() throws { _ = try chosenMetrics() }

  func run() throws {
    let world = try Session.start().world
    if try isClassifier(over: world) { return try evaluateClassifier(over: world) }
    let metrics = try chosenMetrics()
    let stored = try StoredModel(
      path: folder, overrides: presetOverrides + changes.overrides, weights: weights(in:),
      step: step, over: world)
    let settings = stored.settings
    let data = try world.together { try settings.testExamples() }
    try world.together { try settings.requireSupport(for: metrics) }
    let record = try EvaluationRecord(
      of: stored, weights: weights(in: settings), metrics: metrics, data: data, over: world)
    _ = try world.fromRankZero {
      record.lines(metrics).forEach { print($0) }
      if let json { try write(record, to: json) }
      return true
    }
  }

  func weights(in settings: RunSettings) -> WeightChoice {
    weights ?? (settings.evaluation.weights == .ema ? .ema : .raw)
  }

  // What the user sets comes later and wins.
  private var presetOverrides: [String] {
    switch estimator {
    case .reference?:
      [
        "evaluation.estimator=paper", "evaluation.levels=100", "evaluation.probes=1",
        "evaluation.weights=raw",
      ]
    case .skew?: ["evaluation.estimator=skew"]
    case nil: []
    }
  }

  private func chosenMetrics() throws -> [EvaluationMetric] {
    try metrics.split(separator: ",").map { name in
      guard let metric = EvaluationMetric(rawValue: String(name)) else {
        throw ValidationError(
          "--metrics: found '\(name)', expected some of "
            + EvaluationMetric.names(EvaluationMetric.allCases))
      }
      return metric
    }
  }
}
