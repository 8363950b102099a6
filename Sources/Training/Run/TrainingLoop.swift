public import Checkpoints
import Foundation
public import MPI
public import RunConfiguration
import Telemetry

/// A session of training: steps, checkpoints, samples and evaluations in their rhythm.
public final class TrainingLoop {
  /// What ends the session if it makes no progress, nil for nothing.
  var watchdog: Watchdog?

  private let settings: RunSettings
  private let state: TrainingState
  private let step: DataParallelStep
  private let folder: RunFolder
  private let extras: TrainingExtras
  private let warn: (String) -> Void
  private let notes: [String: String]
  private let start = ContinuousClock.now
  private let writer: CheckpointWriter
  private let communicator: Communicator
  private var journal: RunJournal
  private var savedStep: Int?
  // The last step after which all ranks had the same state.
  private var commonStep: Int
  private var isLastCheckpoint = false
  private var trace: TraceWindow?

  /// Combines the parts of a session.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - state: The state to start from, equal on all ranks.
  ///   - step: The compiled step, bound to the state.
  ///   - folder: The run folder, prepared.
  ///   - journal: Where rank 0 writes.
  ///   - extras: What is done beside training.
  ///   - fence: On rank 0 what keeps an earlier session from writing; nil for nothing.
  ///   - warn: Told, on every rank, about a checkpoint that could not be written.
  ///   - communicator: The ranks of the run.
  public init(
    _ settings: RunSettings, state: TrainingState, step: DataParallelStep, folder: RunFolder,
    journal: RunJournal, extras: TrainingExtras, fence: SessionFence? = nil,
    warn: @escaping (String) -> Void = { _ in }, over communicator: Communicator
  ) {
    self.settings = settings
    self.state = state
    self.step = step
    self.folder = folder
    self.journal = journal
    self.extras = extras
    self.warn = warn
    notes = ["config": settings.yaml, "version": ProgramVersion.current]
    self.communicator = communicator
    savedStep = state.counters.step > 0 ? state.counters.step : nil
    commonStep = state.counters.step
    trace = extras.saveTrace == nil ? nil : TraceWindow(steps: extras.tracedSteps)
    var store = folder.checkpoints
    store.fence = fence
    writer = CheckpointWriter(
      store,
      keeping: RetentionPolicy(
        keepLast: settings.checkpoint.keepLast,
        keepEvery: settings.checkpoint.keepEvery > 0 ? settings.checkpoint.keepEvery : nil),
      over: communicator)
  }

  /// Trains until all steps are done or something asks to stop; every rank must call this.
  ///
  /// - Returns: Why the session ended.
  /// - Throws: `TrainingError.diverged` on all ranks, `CheckpointError`, `TelemetryError`,
  ///   `MPIError`, an error of a numerical library.
  public func run() throws -> TrainingOutcome {
    let outcome: TrainingOutcome
    do {
      outcome = try makeSteps()
    } catch let error as TrainingError {
      // Divergence is found on all ranks; a checkpoint from before it is worth its commit.
      try commitCheckpoint()
      throw error
    }
    try saveLast()
    try endTrace()
    journal.endProgress()
    try journal.write(
      outcome == .stopped ? "stopped" : "finished",
      [
        ("step", .integer(state.counters.step)), ("outcome", .string(outcome.rawValue)),
        ("signal", .integer(Int(StopSignals.last ?? 0))),
        ("seconds", .number((ContinuousClock.now - start) / .seconds(1))),
      ])
    return outcome
  }

  private func makeSteps() throws -> TrainingOutcome {
    let rhythm = settings.training
    watchdog?.enter(.start)
    while state.counters.step < rhythm.steps {
      try advanceTrace()
      let summary = try step(
        isStopRequested: StopSignals.last != nil, isTimeUp: isTimeUp,
        isShardWritten: writer.isShardWritten, isUpdateLeftOpen: true)
      watchdog?.finishedStep(summary.step)
      // Between local steps there is nothing to save: what is due waits for the end of the round.
      let mustStop =
        (summary.isStopRequested || summary.isTimeUp) && summary.isStateCommon
      try journal.record(summary, isLast: mustStop || summary.step == rhythm.steps)
      if summary.isCheckpointWritten { try commitCheckpoint() }
      guard summary.isStateCommon else { continue }
      let isWorkDue = isDue(rhythm.sampleEvery) || isDue(rhythm.evaluateEvery)
      if mustStop || isWorkDue || isDue(rhythm.checkpointEvery) { try step.settle() }
      if mustStop { return summary.isStopRequested ? .stopped : .timeUp }
      if isDue(rhythm.checkpointEvery) { try beginCheckpoint() }
      if isWorkDue {
        // A scheduler that loses patience during this work must not cost the steps before it.
        if savedStep != state.counters.step { try beginCheckpoint() }
        try commitCheckpoint()
      }
      if isDue(rhythm.sampleEvery) { try drawSamples() }
      if isDue(rhythm.evaluateEvery) { try evaluate() }
      commonStep = state.counters.step
    }
    try step.settle()
    return .finished
  }

  private func isDue(_ interval: Int) -> Bool {
    interval > 0 && state.counters.step / interval > commonStep / interval
  }

  private func advanceTrace() throws {
    guard var window = trace else { return }
    if window.isOver { return try endTrace() }
    try window.beginStep(over: communicator)
    trace = window
    (step.trace, writer.trace) = (window.recorder, window.recorder)
  }

  private func endTrace() throws {
    guard let recorder = trace.map(\.recorder) else { return }
    // A checkpoint that is being written belongs to the trace as a whole.
    try commitCheckpoint()
    (trace, step.trace, writer.trace) = (nil, nil, nil)
    try extras.saveTrace?(recorder)
  }

  private var isTimeUp: Bool {
    settings.training.maxMinutes.map { ContinuousClock.now - start > .seconds(60 * $0) } ?? false
  }

  private func beginCheckpoint() throws {
    try commitCheckpoint()
    savedStep = state.counters.step
    _ = try unlessTolerated {
      try watchdog.during(.checkpoint) {
        try writer.start(state, seed: settings.seed, notes: notes)
      }
    }
  }

  /// Saves what is not saved yet, now without excuses: nobody would try again.
  private func saveLast() throws {
    try commitCheckpoint()
    isLastCheckpoint = true
    if savedStep != state.counters.step { try beginCheckpoint() }
    try commitCheckpoint()
    for warning in writer.finishDeleting() { warn(warning) }
  }

  // All ranks meet the same failure, so that all go on.
  private func unlessTolerated<Result>(_ work: () throws -> Result?) throws -> Result? {
    do {
      return try work()
    } catch let error as CheckpointError
      where error.isRefusedBySystem && settings.checkpoint.onError == .continue && !isLastCheckpoint
    {
      savedStep = nil
      warn("checkpoint not saved: \(error); training goes on")
      return nil
    }
  }

  private func commitCheckpoint() throws {
    guard writer.isUnderWay else { return }
    try watchdog.during(.checkpoint) {
      guard let saved = try unlessTolerated({ try writer.commit() }) else { return }
      try journal.write(
        "checkpoint",
        [("step", .integer(saved.step)), ("seconds", .number(saved.seconds))]
          + saved.warnings.map { ("warning", .string($0)) })
      try leaveTogether()
    }
  }

  private func drawSamples() throws {
    guard let drawSamples = extras.drawSamples else { return }
    let file = folder.samplesFile(ofStep: state.counters.step)
    try measured("sample") {
      do {
        return try drawSamples(state, file) + [("file", .string(file.lastPathComponent))]
      } catch let error as TelemetryError where settings.checkpoint.onError == .continue {
        warn("no picture of samples: \(error); training goes on")
        return []
      }
    }
  }

  private func evaluate() throws {
    guard let evaluate = extras.evaluate else { return }
    try measured("evaluation") { try evaluate(state) }
  }

  /// Writes an event about work that is not training, with its time.
  private func measured(
    _ kind: String, _ work: () throws -> [(String, EventValue)]
  ) throws {
    let begin = ContinuousClock.now
    let fields = try watchdog.during(.evaluation) {
      let fields = try (trace?.recorder).measure(kind, on: .inputOutput) { try work() }
      try leaveTogether()
      return fields
    }
    let time = ContinuousClock.now - begin
    journal.skipTime(time)
    try journal.write(
      kind,
      [("step", .integer(state.counters.step)), ("seconds", .number(time / .seconds(1)))] + fields)
  }
  // What rank 0 does alone at the end, on storage that may be slow, must not count as part of the
  // next step of those that wait for it there.
  private func leaveTogether() throws { try communicator.barrier() }
}
