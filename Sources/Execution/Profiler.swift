/// What one kind of step took on tensors of the same extents.
public struct ProfileEntry: Sendable {
  /// The kind of step.
  public let kind: String
  /// The extents of its tensors.
  public let detail: String
  /// How often it ran.
  public var count = 0
  /// Seconds in all.
  public var seconds = 0.0
  /// Multiplications and additions in all.
  public var floatingPointOperations = 0
  /// Bytes of the tensors read and written in all, each counted once a step.
  public var byteCount = 0

  /// An entry of no time.
  public init(kind: String, detail: String) {
    self.kind = kind
    self.detail = detail
  }
}

/// Adds up times by kind of step and extents.
final class Profiler {
  private struct Key: Hashable {
    let kind: String
    let detail: String
  }

  private var table: [Key: ProfileEntry] = [:]

  func add(_ step: ExecutedStep) {
    let key = Key(kind: step.kind, detail: step.detail)
    var entry = table[key] ?? ProfileEntry(kind: key.kind, detail: key.detail)
    entry.count += 1
    entry.seconds += (step.end - step.begin) / .seconds(1)
    entry.floatingPointOperations += step.floatingPointOperations
    entry.byteCount += step.byteCount
    table[key] = entry
  }

  var entries: [ProfileEntry] { table.values.sorted { $0.seconds > $1.seconds } }
}
