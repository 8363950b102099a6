import Foundation
public import MPI
public import RunConfiguration

/// Ends a session that makes no progress, and says which rank holds it up.
///
/// A thread of each rank, which never calls MPI, watches how long the phase of the session lasts; its
/// limits are `WatchdogSettings`. Time in which the whole process did not run, as when a scheduler
/// suspends a job, does not count. When a limit is over, each rank writes what it was doing to
/// `RUN/watchdog`, the lowest that can reads what the others have written and prints one line, and
/// the job ends with ``ExitStatus/communication``.
///
/// The thread ends with ``stop()`` or with the last use of the watchdog.
public final class Watchdog: Sendable {
  private let clock: WatchdogClock

  /// Begins to watch, in the phase of the start; every rank must call this.
  ///
  /// - Parameters:
  ///   - settings: The limits.
  ///   - folder: The folder of the run, which gets files only when a limit is over.
  ///   - world: The ranks of the session.
  /// - Throws: `MPIError`.
  public init(
    _ settings: WatchdogSettings, folder: RunFolder, over world: Communicator
  ) throws(MPIError) {
    // Files of an earlier session must not be taken for those of this one.
    let session = try world.broadcast(String(UInt64.random(in: .min ... .max), radix: 16))
    let hosts = try world.allGatherStrings(MPIEnvironment.start().processorName)
    let clock = WatchdogClock(settings)
    self.clock = clock
    let rank = world.rank
    let thread = Thread {
      let alarm = WatchdogAlarm(
        session: session, rank: rank, hosts: hosts, folder: folder.watchdogFolder)
      clock.watch { expired, standing in alarm.raise(expired, standing) }
    }
    thread.name = "watchdog"
    thread.start()
  }

  deinit { clock.stop() }

  /// Ends the watch.
  public func stop() { clock.stop() }

  /// Begins a phase anew.
  func enter(_ phase: WatchdogPhase) { clock.enter(phase) }

  /// Tells that a step is done, after which the next one begins.
  ///
  /// - Parameter step: The number of steps done.
  func finishedStep(_ step: Int) { clock.finishedStep(step) }

  fileprivate func during<Value>(
    _ phase: WatchdogPhase, _ work: () throws -> Value
  ) rethrows -> Value {
    let before = clock.phase
    clock.enter(phase)
    defer { if let before { clock.enter(before) } }
    return try work()
  }
}

extension Watchdog? {
  /// Does work with the limit of its phase; the phase before begins anew afterwards.
  ///
  /// - Parameters:
  ///   - phase: What kind of work it is.
  ///   - work: The work.
  /// - Returns: What the work returns.
  /// - Throws: What the work throws.
  func during<Value>(_ phase: WatchdogPhase, _ work: () throws -> Value) rethrows -> Value {
    guard let self else { return try work() }
    return try self.during(phase, work)
  }
}

extension RunFolder {
  /// What ranks were doing when a session was ended for lack of progress.
  var watchdogFolder: URL { url.appending(path: Self.watchdogName, directoryHint: .isDirectory) }

  static let watchdogName = "watchdog"
}
