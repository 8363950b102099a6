import Datasets
import Evaluation
import Foundation
import MPI
import RunConfiguration
import Scores
import Telemetry
import Training

extension TrainingExtras {
  /// Pictures of samples and evaluations of a run, from the average of its weights.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - world: All ranks.
  /// - Returns: What the settings ask for; each is to be called by every rank.
  static func forRun(_ settings: RunSettings, over world: Communicator) -> TrainingExtras {
    var extras = TrainingExtras()
    guard !settings.classifier.isTrained else {
      extras.evaluate = { state in try classify(settings, state, over: world) }
      return extras
    }
    extras.drawSamples = { state, file in
      try sample(settings, state, into: file, over: world)
    }
    extras.evaluate = { state in try measure(settings, state, over: world) }
    return extras
  }

  /// Has some steps traced.
  ///
  /// - Parameters:
  ///   - steps: Their number; nil for the usual one.
  ///   - file: Where the trace goes.
  ///   - world: All ranks.
  mutating func trace(_ steps: Int?, into file: TraceFile, over world: Communicator) {
    if let steps { tracedSteps = steps }
    saveTrace = { recorder in
      guard let recorder else {
        return Session.warn("no trace, since the session ended within its first two steps")
      }
      try file.write(recorder, over: world)
      Session.note("trace: \(file.path)")
    }
  }

  private static func sample(
    _ settings: RunSettings, _ state: TrainingState, into file: URL, over world: Communicator
  ) throws -> [(String, EventValue)] {
    let model = try settings.diffusionModel()
    let average = try state.wholeAverage(over: world)
    defer { withExtendedLifetime(average) {} }
    // The same seed each time, so that pictures of different steps show the same samples.
    let samples = try Evaluation.drawSamples(
      settings.sampleGroups(), by: settings.samplingMethod(), of: model,
      weights: ModelWeights(borrowing: state.bindings(to: average)), seed: settings.seed,
      options: settings.compileOptions, over: world)
    guard world.rank == 0 else { return [] }
    let shape = model.exampleShape
    try SamplePicture(of: samples.values, shape: shape, settings: settings).write(to: file)
    return [
      ("samples", .integer(settings.sampling.count)),
      ("network_calls", .number(samples.callsPerSample)),
    ]
  }

  // The weights that are evaluated, of which ranks may hold parts.
  private static func weights(
    _ settings: RunSettings, _ state: TrainingState, over world: Communicator
  ) throws -> FlatBuffer {
    settings.evaluation.weights == .ema ? try state.wholeAverage(over: world) : state.parameters
  }

  private static func classify(
    _ settings: RunSettings, _ state: TrainingState, over world: Communicator
  ) throws -> [(String, EventValue)] {
    let data = try settings.testExamples()
    let buffer = try weights(settings, state, over: world)
    defer { withExtendedLifetime(buffer) {} }
    let report = try Evaluation.classify(
      settings.noisyClassifier(), weights: ModelWeights(borrowing: state.bindings(to: buffer)),
      plan: settings.evaluationPlan(available: data.count, measuresRotation: false), data: data,
      isCentred: data.isImages && settings.model.centered, options: settings.compileOptions,
      over: world)
    guard let levels = report?.levels, !levels.isEmpty else { return [] }
    func mean(_ value: (ClassifierReport.Level) -> Estimate) -> EventValue {
      .number(levels.reduce(0) { $0 + value($1).value } / Double(levels.count))
    }
    return [("accuracy", mean(\.accuracy)), ("cross_entropy", mean(\.crossEntropy))]
  }

  private static func measure(
    _ settings: RunSettings, _ state: TrainingState, over world: Communicator
  ) throws -> [(String, EventValue)] {
    let data = try settings.testExamples()
    let buffer = try weights(settings, state, over: world)
    defer { withExtendedLifetime(buffer) {} }
    let report = try Evaluation.evaluate(
      settings.diffusionModel(),
      weights: ModelWeights(borrowing: state.bindings(to: buffer)),
      plan: settings.evaluationPlan(available: data.count), data: data,
      isCentred: data.isImages && settings.model.centered,
      denoising: settings.trainingObjective.denoising ?? .init(),
      options: settings.compileOptions, over: world)
    guard let report else { return [] }
    let estimates = [
      ("dsm", report.mean.dsm), ("asym", report.mean.asymmetry),
      ("asym_weighted", report.mean.weightedAsymmetry), ("nasym", report.mean.normalizedAsymmetry),
    ]
    return [("examples", .integer(report.examples))]
      + estimates.flatMap { name, estimate in
        estimate.map {
          [(name, .number($0.value)), ("\(name)_error", .number($0.standardError))]
        } ?? []
      }
  }
}
