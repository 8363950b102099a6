import Datasets
import Evaluation
import Foundation
import MPI
import RunConfiguration
import Scores
import Training

/// All that `evaluate` measured, and what it is about; the form of its JSON file.
struct EvaluationRecord: Encodable {
  private let run: String
  private let step: Int
  private let weights: WeightChoice
  private let data: String
  private let seed: UInt64
  private let version = ProgramVersion.current
  private var report: EvaluationReport?
  private var likelihood: LikelihoodReport?
  private var fields: [FieldPlan.Form: FieldReport] = [:]
  private var residuals: [ResidualLevel]?

  /// Measures a model; every rank must call this, and rank 0 gets the numbers.
  init(
    of stored: StoredModel<DiffusionModel>, weights: WeightChoice, metrics: [EvaluationMetric],
    data: any Dataset, over world: Communicator
  ) throws {
    let settings = stored.settings
    (run, step, self.weights) = (settings.name, stored.step, weights)
    (self.data, seed) = (data.name, settings.seed)
    let isCentred = data.isImages && settings.model.centered
    if metrics.contains(where: EvaluationMetric.ofLevels.contains) {
      report = try evaluate(
        stored.model, weights: stored.weights,
        plan: settings.evaluationPlan(
          available: data.count, measuresRotation: metrics.contains(where: \.measuresRotation)),
        data: data, isCentred: isCentred,
        denoising: settings.trainingObjective.denoising ?? .init(),
        options: settings.compileOptions, over: world)
    }
    if metrics.contains(.nll) {
      likelihood = try measureLikelihood(
        of: stored.model, weights: stored.weights,
        plan: try settings.likelihoodPlan(available: data.count), data: data,
        isCentred: isCentred, options: settings.compileOptions, over: world)?.report
    }
    for form in FieldPlan.Form.allCases where metrics.contains(form.metric) {
      fields[form] = try measureField(
        of: stored.model, weights: stored.weights,
        plan: settings.fieldPlan(form, available: data.count), data: data,
        options: settings.compileOptions, over: world)
    }
    if metrics.contains(.residual) {
      residuals = try residualCurve(
        of: stored.model, weights: stored.weights,
        plan: settings.residualPlan(available: data.count, dimensions: stored.model.dimensions),
        data: data, isCentred: isCentred, options: settings.compileOptions, over: world)
    }
  }

  /// The numbers as lines of text.
  func lines(_ metrics: [EvaluationMetric]) -> [String] {
    let count =
      report?.examples ?? likelihood?.examples ?? fields.values.first.map(\.examples) ?? 0
    var lines = [
      "\(run), step \(step), \(weights.rawValue) weights, \(count) examples of \(data)"
    ]
    lines += report?.table(of: metrics.filter(EvaluationMetric.ofLevels.contains)) ?? []
    lines += likelihood?.lines ?? []
    for form in FieldPlan.Form.allCases {
      guard let mean = fields[form]?.mean else { continue }
      lines.append(
        "\(form.metric.rawValue) \(mean.scoreError.text), with asym \(mean.asymmetry.text)"
          + " and nasym \(mean.normalizedAsymmetry.text) at the same points")
    }
    lines += residuals?.table ?? []
    return lines
  }

  enum CodingKeys: String, CodingKey {
    case run, step, weights, data, seed, version, likelihood
    case scoreError = "score_error"
    case scoreErrorReference = "score_error_reference"
    case residuals = "fpe_residual"
  }

  func encode(to encoder: any Encoder) throws {
    try report?.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(run, forKey: .run)
    try container.encode(step, forKey: .step)
    try container.encode(weights, forKey: .weights)
    try container.encode(data, forKey: .data)
    try container.encode(seed, forKey: .seed)
    try container.encode(version, forKey: .version)
    try container.encodeIfPresent(likelihood, forKey: .likelihood)
    try container.encodeIfPresent(fields[.matched], forKey: .scoreError)
    try container.encodeIfPresent(fields[.reference], forKey: .scoreErrorReference)
    try container.encodeIfPresent(residuals, forKey: .residuals)
  }
}

extension FieldPlan.Form {
  fileprivate var metric: EvaluationMetric {
    self == .matched ? .scoreError : .scoreErrorReference
  }
}

extension LikelihoodReport {
  fileprivate var lines: [String] {
    let bits = offset == 0 ? "" : " (\(String(format: "%g", offset)) of them for the scaling)"
    let noise = dequantized ? "dequantized, " : ""
    let times = draws == 1 ? "" : "\(draws) draws, "
    return [
      "nll \(nats.text) nats, \(bitsPerDimension.text) bits/dim\(bits)",
      "    \(noise)\(times)\(divergence.rawValue) divergence, "
        + "\(String(format: "%.1f", calls)) evaluations of a path",
    ]
  }
}

extension Estimate {
  fileprivate var text: String { String(format: "%.4g +- %.1e", value, standardError) }
}
