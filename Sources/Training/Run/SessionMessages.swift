import Dispatch

/// Where a session of training tells what it does; both are called on every rank, and rank 0 prints.
public struct SessionMessages: Sendable {
  /// Prints a line of information; may be called on any thread.
  public var note: @Sendable (String) -> Void
  /// Prints a line about something that is not as it should be.
  public var warn: @Sendable (String) -> Void

  /// Combines the two.
  public init(
    note: @escaping @Sendable (String) -> Void, warn: @escaping @Sendable (String) -> Void
  ) {
    self.note = note
    self.warn = warn
  }
}

extension SessionMessages {
  /// Runs work and, if it takes longer than a second, says so then and how long it took at its end.
  ///
  /// - Parameters:
  ///   - name: What the work is, such as `preparing the training step`.
  ///   - work: The work, done on the calling thread.
  /// - Returns: What the work returns.
  /// - Throws: What the work throws.
  func whileSlow<Result>(_ name: String, _ work: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    let announcement = DispatchWorkItem { [note] in note("\(name) ...") }
    DispatchQueue.global().asyncAfter(deadline: .now() + 1, execute: announcement)
    defer { announcement.cancel() }
    let result = try work()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    if seconds > 1 { note("\(name) took \((10 * seconds).rounded() / 10) s") }
    return result
  }
}
