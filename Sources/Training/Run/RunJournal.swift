public import Foundation
import MPI
import RunConfiguration
import Scores
public import Telemetry

/// What rank 0 tells about a run: lines of `events.jsonl` and the progress line.
///
/// On other ranks it does nothing.
public struct RunJournal {
  private let log: EventLog?
  private let logEvery: Int
  private var progress: ProgressLine?
  private var exchangedBytes = 0
  private var lastLogged: (examples: Int, time: ContinuousClock.Instant)
  private let onFailure: ((String) -> Void)?
  private var hasFailed = false

  /// Continues the journal of a run, or begins it.
  ///
  /// Lines of steps after the one from which the run continues are removed.
  ///
  /// - Parameters:
  ///   - file: The event log, nil on ranks that keep none.
  ///   - counters: How far the run is.
  ///   - steps: The number of steps in all.
  ///   - logEvery: The number of steps from one line of kind `step` to the next.
  ///   - isTerminal: Whether the progress line may replace itself; standard output decides if nil.
  ///   - onFailure: Told when a line cannot be written, instead of an error; nil for the error.
  /// - Throws: `TelemetryError` if the file cannot be written.
  public init(
    file: URL?, continuingFrom counters: TrainingCounters, steps: Int, logEvery: Int,
    isTerminal: Bool? = nil, onFailure: ((String) -> Void)? = nil
  ) throws(TelemetryError) {
    self.logEvery = logEvery
    self.onFailure = onFailure
    lastLogged = (counters.examples, .now)
    guard let file else {
      log = nil
      return
    }
    let log = try EventLog(path: file.path, header: [("program", "helmholtz")])
    try log.truncate(afterStep: counters.step)
    self.log = log
    progress = ProgressLine(steps: min(counters.step, steps)..<steps, isTerminal: isTerminal)
  }

  /// Appends a line.
  ///
  /// - Parameters:
  ///   - kind: What it is about.
  ///   - fields: Keys with values.
  /// - Throws: `TelemetryError` if the system refuses to write and nobody is to be told instead.
  public mutating func write(
    _ kind: String, _ fields: [(String, EventValue)]
  ) throws(TelemetryError) {
    do {
      try log?.write(kind: kind, fields: fields)
      hasFailed = false
    } catch {
      guard let onFailure else { throw error }
      // One line for a full disk, not one for each step.
      if !hasFailed { onFailure("events are lost: \(error)") }
      hasFailed = true
    }
  }

  /// Tells about a step, if it is its turn or its update was skipped.
  ///
  /// - Parameters:
  ///   - summary: What the step did.
  ///   - isLast: Whether the session ends with it.
  /// - Throws: `TelemetryError` if the system refuses to write.
  public mutating func record(_ summary: StepSummary, isLast: Bool) throws(TelemetryError) {
    guard log != nil else { return }
    exchangedBytes += summary.exchangedBytes
    let isSkipped = !summary.nonfiniteTerms.isEmpty
    guard summary.step.isMultiple(of: logEvery) || isLast || isSkipped else { return }
    let rate = imagesPerSecond(summary)
    var fields: [(String, EventValue)] = [
      ("step", .integer(summary.step)), ("examples", .integer(summary.examples)),
      ("loss", .number(summary.loss)),
    ]
    fields += summary.terms.map { ($0.name, $0.value.map { .number($0) } ?? .null) }
    fields += [
      ("gradient_norm", .number(summary.gradientNorm)),
      ("learning_rate", .number(summary.learningRate)), ("images_per_second", .number(rate)),
      ("compute_seconds", .number(summary.computeSeconds)),
      ("exchanged_bytes", .integer(exchangedBytes)),
    ]
    exchangedBytes = 0
    if isSkipped {
      fields.append(("skipped", .array(summary.nonfiniteTerms.map { .string($0) })))
    }
    try write("step", fields)
    progress?.update(
      step: summary.step, loss: summary.loss, regularizer: summary[LossTerm.regularizer],
      imagesPerSecond: rate)
  }

  /// Leaves time that is not spent on training out of the rate.
  public mutating func skipTime(_ seconds: Duration) {
    lastLogged.time += seconds
  }

  /// Ends the progress line, so that other output can follow.
  public mutating func endProgress() {
    progress?.finish()
  }

  private mutating func imagesPerSecond(_ summary: StepSummary) -> Double {
    let now = ContinuousClock.now
    let seconds = (now - lastLogged.time) / .seconds(1)
    let examples = summary.examples - lastLogged.examples
    lastLogged = (summary.examples, now)
    return Double(examples) / max(seconds, 1e-9)
  }
}
