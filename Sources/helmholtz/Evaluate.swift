import ArgumentParser
import Checkpoints
import Datasets
import Evaluation
import Foundation
import MPI
import RunConfiguration
import Scores
import Training

/// Measures the model of a run on the test examples.
struct Evaluate: ParsableCommand {
  /// What is reported of a noise level.
  enum Metric: String, CaseIterable {
    /// The denoising loss.
    case dsm
    /// Half the squared norm of the Jacobian's antisymmetric part J - J^T.
    case asym
    /// The same, weighted by the variance of the noise.
    case weighted = "asym_weighted"
    /// A quarter of the squared norm of J - J^T over that of J.
    case nasym

    var measuresRotation: Bool { self != .dsm }
  }

  /// How the asymmetry is estimated.
  enum Estimator: String, ExpressibleByArgument, CaseIterable {
    /// |u - w|^2 / 2 with u = J^T v and w = J v, NAsym as a ratio of means.
    case skew
    /// As the reference implementation has it: u.u - u.w, a mean of ratios, 100 levels, raw
    /// weights.
    case reference
  }

  static let configuration = CommandConfiguration(
    abstract: "Measure test loss and asymmetry of the model of a run.",
    discussion: """
      Each test example gets noise of its own at each noise level, from the seed of the run: the \
      numbers are the same on any number of ranks. Behind each number stands its standard error. \
      Settings of the section 'evaluation' hold unless an option says otherwise.

      dsm is the denoising loss; asym is |J - J^T|^2 / 2 of the score's Jacobian J, \
      asym_weighted the same times the variance of the noise, nasym is |J - J^T|^2 / (4 |J|^2), \
      0 for a gradient field. In the plane the whole Jacobian is computed.

      Of a run that trains a classifier, accuracy and cross-entropy against the noise level are \
      measured instead.
      """)

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String

  @Option(help: "What to measure: \(Metric.allCases.map(\.rawValue).joined(separator: ",")).")
  var metrics = Metric.allCases.map(\.rawValue).joined(separator: ",")

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
    let plan = settings.evaluationPlan(
      available: data.count, measuresRotation: metrics.contains(where: \.measuresRotation))
    let report = try evaluate(
      stored.model, weights: stored.weights, plan: plan, data: data,
      isCentred: data.isImages && settings.model.centered,
      denoising: settings.trainingObjective.denoising ?? .init(),
      options: settings.compileOptions, over: world)
    _ = try world.fromRankZero {
      guard let report else { return false }
      print(
        "\(settings.name), step \(stored.step), \(weights(in: settings).rawValue) weights, "
          + "\(report.examples) examples of \(data.name)")
      report.table(of: metrics).forEach { print($0) }
      if let json {
        try write(
          EvaluationRecord(
            run: settings.name, step: stored.step, weights: weights(in: settings),
            data: data.name, seed: settings.seed, version: ProgramVersion.current,
            report: report), to: json)
      }
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

  private func chosenMetrics() throws -> [Metric] {
    try metrics.split(separator: ",").map { name in
      guard let metric = Metric(rawValue: String(name)) else {
        let known = Metric.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--metrics: found '\(name)', expected some of \(known)")
      }
      return metric
    }
  }
}

/// The form of the JSON file: the report, and what it is about.
private struct EvaluationRecord: Encodable {
  let run: String
  let step: Int
  let weights: WeightChoice
  let data: String
  let seed: UInt64
  let version: String
  let report: EvaluationReport

  enum CodingKeys: String, CodingKey {
    case run, step, weights, data, seed, version
  }

  func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(step, forKey: .step)
    try container.encode(weights, forKey: .weights)
    try container.encode(data, forKey: .data)
    try container.encode(seed, forKey: .seed)
    try container.encode(version, forKey: .version)
  }
}
