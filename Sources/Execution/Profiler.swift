/// What one kind of step took.
public struct ProfileEntry: Sendable {
  /// The kind of step.
  public let kind: String
  /// How often it ran.
  public var count = 0
  /// Seconds in all.
  public var seconds = 0.0
  /// Multiplications and additions in all.
  public var floatingPointOperations = 0
}

/// Adds up times by kind of step.
final class Profiler {
  private var table: [String: ProfileEntry] = [:]
  private let clock = ContinuousClock()

  func measure(_ step: any Step, _ body: () throws -> Void) rethrows {
    let time = try clock.measure(body)
    let (seconds, attoseconds) = time.components
    table[step.kind, default: ProfileEntry(kind: step.kind)].count += 1
    table[step.kind]?.seconds += Double(seconds) + Double(attoseconds) * 1e-18
    table[step.kind]?.floatingPointOperations += step.floatingPointOperations
  }

  var entries: [ProfileEntry] { table.values.sorted { $0.seconds > $1.seconds } }
}
