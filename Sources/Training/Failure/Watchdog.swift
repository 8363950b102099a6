import Foundation
public import MPI
public import RunConfiguration
import Synchronization

/// Ends a session that makes no progress, and says which rank holds it up.
///
/// A thread of each rank, which never calls MPI, watches how long the phase of the session lasts; its
/// limits are `WatchdogSettings`. Time in which the whole process did not run, as when a scheduler
/// suspends a job, does not count. When a limit is over, each rank writes what it was doing to
/// `RUN/watchdog`, the lowest that can reads what the others have written and prints one line, and
/// the job ends with ``ExitStatus/communication``. Where the ranks have no folder in common, or have
/// not even heard of each other yet, each prints a line about itself.
///
/// The thread ends with ``stop()`` or with the last use of the watchdog.
public final class Watchdog: Sendable {
  private let clock: WatchdogClock
  private let shared: SharedReports

  /// Begins to watch, in the phase of the start; every rank must call this.
  ///
  /// - Parameters:
  ///   - settings: The limits.
  ///   - folder: The folder of the run, which gets files only when a limit is over; nil without one
  ///     until ``share(in:)``.
  ///   - world: The ranks of the session.
  /// - Throws: `MPIError`.
  public init(
    _ settings: WatchdogSettings, folder: RunFolder?, over world: Communicator
  ) throws(MPIError) {
    let clock = WatchdogClock(settings)
    let host = try MPIEnvironment.start().processorName
    let shared = SharedReports(
      alone: LoneAlarm(rank: world.rank, size: world.size, host: host))
    (self.clock, self.shared) = (clock, shared)
    // From before the first communication, in which ranks that cannot reach each other hang.
    let thread = Thread { clock.watch { shared.raise($0, $1) } }
    thread.name = "watchdog"
    thread.start()
    // Files of an earlier session must not be taken for those of this one.
    let session = try world.broadcast(String(UInt64.random(in: .min ... .max), radix: 16))
    let hosts = try world.allGatherStrings(host)
    shared.session.withLock { $0 = (session, hosts) }
    if let folder { share(in: folder) }
  }

  deinit { clock.stop() }

  /// Ends the watch.
  public func stop() { clock.stop() }

  /// From now on, reports of all ranks go to a folder that all of them see.
  func share(in folder: RunFolder) { shared.folder.withLock { $0 = folder.watchdogFolder } }

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

/// What ranks need to know of each other to report together.
private final class SharedReports: Sendable {
  let session = Mutex<(name: String, hosts: [String])?>(nil)
  let folder = Mutex<URL?>(nil)
  private let alone: LoneAlarm

  init(alone: LoneAlarm) { self.alone = alone }

  func raise(_ expired: ExpiredPhase, _ standing: () -> WatchdogStanding) {
    guard let session = session.withLock({ $0 }), let folder = folder.withLock({ $0 }) else {
      return alone.raise(expired, standing)
    }
    WatchdogAlarm(
      session: session.name, rank: alone.rank, hosts: session.hosts, folder: folder
    ).raise(expired, standing)
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
