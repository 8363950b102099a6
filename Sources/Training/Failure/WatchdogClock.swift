import Foundation
import RunConfiguration
import Synchronization

/// What a session is doing, as far as limits differ.
enum WatchdogPhase: Sendable {
  /// From the start to the end of the first step.
  case start
  /// From one step to the next.
  case step
  /// Beginning or completing a checkpoint.
  case checkpoint
  /// Samples or an evaluation.
  case evaluation
  /// A check before a run, by its name; the limit is that of the start.
  case check(String)
}

/// A phase that has taken longer than its limit.
struct ExpiredPhase: Sendable {
  /// The phase and its step, as in `step 120`.
  let name: String
  /// Its limit in seconds.
  let limit: Double
  /// How long it has lasted in seconds.
  let seconds: Double
}

/// What has become of a phase that was over its limit.
enum WatchdogStanding: Sendable {
  /// It still lasts.
  case stuck
  /// There was progress.
  case moving
  /// The session has ended, perhaps by an error that other ranks have caused by ending.
  case over
}

/// How long the present phase of a session has lasted, while the process ran.
final class WatchdogClock: Sendable {
  private static let interval = 0.25
  // Steps differ: some have a penalty, and others use the machine as well.
  private static let stepsAllowed = 4.0

  private struct State {
    var phase: WatchdogPhase? = .start
    var step = 0
    /// Changes with each progress.
    var epoch = 0
    var seconds = 0.0
    var longestStep = 0.0
  }

  private let settings: WatchdogSettings
  private let state = Mutex(State())

  init(_ settings: WatchdogSettings) {
    self.settings = settings
  }

  /// The present phase; nil if nothing is watched any more.
  var phase: WatchdogPhase? { state.withLock { $0.phase } }

  func enter(_ phase: WatchdogPhase) {
    state.withLock { state in
      guard state.phase != nil else { return }
      state.phase = phase
      Self.restart(&state)
    }
  }

  func finishedStep(_ step: Int) {
    state.withLock { state in
      guard state.phase != nil else { return }
      state.longestStep = max(state.longestStep, state.seconds)
      (state.phase, state.step) = (.step, step)
      Self.restart(&state)
    }
  }

  func stop() { state.withLock { $0.phase = nil } }

  /// Looks at the time until ``stop()``, on a thread of its own.
  ///
  /// - Parameter raise: Called with a phase that is over its limit and a question what has become of
  ///   it; if it returns, there was progress after all, or the session has ended.
  func watch(_ raise: (ExpiredPhase, _ standing: () -> WatchdogStanding) -> Void) {
    var last = ContinuousClock.now
    while phase != nil {
      Thread.sleep(forTimeInterval: Self.interval)
      let now = ContinuousClock.now
      // A longer pause means that the process was stopped or starved.
      let seconds = min((now - last) / .seconds(1), 2 * Self.interval)
      last = now
      guard let (expired, epoch) = advance(by: seconds) else { continue }
      raise(expired) { [self] in standing(since: epoch) }
    }
  }

  /// What has become of a phase that was over its limit.
  func standing(since epoch: Int) -> WatchdogStanding {
    state.withLock { $0.phase == nil ? .over : $0.epoch == epoch ? .stuck : .moving }
  }

  /// Lets time pass, and returns the phase if that is too long.
  func advance(by seconds: Double) -> (expired: ExpiredPhase, epoch: Int)? {
    state.withLock { state in
      guard let phase = state.phase else { return nil }
      state.seconds += seconds
      let limit = limit(of: phase, longestStep: state.longestStep)
      guard limit > 0, state.seconds > limit else { return nil }
      let expired = ExpiredPhase(
        name: Self.name(of: phase, step: state.step), limit: limit, seconds: state.seconds)
      return (expired, state.epoch)
    }
  }

  private func limit(of phase: WatchdogPhase, longestStep: Double) -> Double {
    switch phase {
    case .start, .check: settings.startSeconds
    case .step:
      settings.stepSeconds > 0 ? max(settings.stepSeconds, Self.stepsAllowed * longestStep) : 0
    case .checkpoint: settings.checkpointSeconds
    case .evaluation: settings.evaluationSeconds
    }
  }

  private static func name(of phase: WatchdogPhase, step: Int) -> String {
    switch phase {
    case .start: "the start"
    case .step: "step \(step + 1)"
    case .checkpoint: "the checkpoint after step \(step)"
    case .evaluation: "samples or evaluation after step \(step)"
    case .check(let name): "the check of \(name)"
    }
  }

  private static func restart(_ state: inout State) {
    state.seconds = 0
    state.epoch += 1
  }
}
