import Dispatch
import Foundation

/// A thread that does one piece of work after another, for as long as its owner lives.
///
/// Numerical libraries keep memory and settings for each thread: what a thread has made must run
/// and end there as well, which no shared pool of threads promises.
///
/// Between ``start(_:)`` and ``wait()`` the owner must leave alone what the work changes.
final class WorkerThread {
  /// The system gives the program no further thread: use fewer replicas or raise its limits.
  struct NotStarted: Error, CustomStringConvertible {
    /// The system's words.
    let reason: String

    var description: String { "cannot start a thread: \(reason)" }
  }

  private let desk = Desk()
  private let thread: pthread_t
  private var isBusy = false

  /// Starts the thread, which sleeps until there is work.
  ///
  /// - Throws: ``NotStarted`` if the system refuses.
  init() throws(NotStarted) {
    thread = try Self.launch(serving: desk)
  }

  // Work under way is finished first, since it uses memory that may go with the owner.
  deinit {
    try? wait()
    hand(over: nil)
    pthread_join(thread, nil)
  }

  /// Hands over work; one piece at a time.
  func start(_ work: @escaping () throws -> Void) {
    precondition(!isBusy, "a thread does one piece of work at a time")
    isBusy = true
    hand(over: work)
  }

  /// Waits until the work is done; returns at once if there is none.
  ///
  /// - Throws: What the work has thrown.
  func wait() throws {
    guard isBusy else { return }
    isBusy = false
    desk.end.wait()
    try desk.takeOutcome().get()
  }

  private func hand(over work: (() throws -> Void)?) {
    desk.work = work
    desk.begin.signal()
  }

  private static func launch(serving desk: Desk) throws(NotStarted) -> pthread_t {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(desk)
    let status = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Desk>.fromOpaque(context).takeRetainedValue().serve()
        return nil
      }, context.toOpaque())
    guard status == 0 else {
      context.release()
      throw NotStarted(reason: String(cString: strerror(status)))
    }
    return thread
  }
}

/// Where the owner leaves work and the thread its outcome.
///
/// The semaphores make it safe: the owner writes before `begin`, the thread before `end`.
private final class Desk: @unchecked Sendable {
  let begin = DispatchSemaphore(value: 0)
  let end = DispatchSemaphore(value: 0)
  var work: (() throws -> Void)?
  private var outcome = Result<Void, any Error>.success(())

  func takeOutcome() -> Result<Void, any Error> {
    defer { outcome = .success(()) }
    return outcome
  }

  /// Works until it is handed nothing.
  func serve() {
    begin.wait()
    while perform() {
      end.signal()
      begin.wait()
    }
  }

  // A call of its own, so that what the work holds is let go before its end is told.
  @inline(never)
  private func perform() -> Bool {
    guard let work else { return false }
    self.work = nil
    outcome = Result(catching: work)
    return true
  }
}
