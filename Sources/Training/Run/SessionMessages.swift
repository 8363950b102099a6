/// Where a session of training tells what it does; both are called on every rank, and rank 0 prints.
public struct SessionMessages {
  /// Prints a line of information.
  public var note: (String) -> Void
  /// Prints a line about something that is not as it should be.
  public var warn: (String) -> Void

  /// Combines the two.
  public init(note: @escaping (String) -> Void, warn: @escaping (String) -> Void) {
    self.note = note
    self.warn = warn
  }
}
