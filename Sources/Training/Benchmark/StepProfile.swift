import Execution

/// What the parts of a training step take.
public struct StepProfile: Encodable, Sendable {
  /// The parts by kind of work, the longest first, and what is outside the compiled program.
  public let kinds: [Part]
  /// The parts by kind and extents, the longest first.
  public let details: [Part]

  /// What some work took in each step.
  public struct Part: Encodable, Sendable {
    /// The kind of work.
    public let kind: String
    /// The extents of the tensors; nil for a whole kind.
    public let detail: String?
    /// How often it ran in a step, the mean rounded up.
    public let count: Int
    /// Milliseconds of a step, the mean.
    public let milliseconds: Double
    /// The part of the whole step, from 0 to 1.
    public let share: Double
    /// Billions of multiplications and additions per second.
    public let gigaflops: Double
    /// Billions of bytes of tensors read and written per second, from memory or a cache.
    public let gigabytes: Double

    enum CodingKeys: String, CodingKey {
      case kind, detail, count, share
      case milliseconds = "ms"
      case gigaflops = "gflops"
      case gigabytes = "gbytes"
    }
  }

  init(_ entries: [ProfileEntry], steps: Int, seconds: Double) {
    var sums: [String: ProfileEntry] = [:]
    var extents: [[String]: ProfileEntry] = [:]
    for entry in entries {
      let (kind, detail) = (entry.kind, entry.detail)
      sums[kind, default: .empty(kind)].add(entry)
      extents[[kind, detail], default: ProfileEntry(kind: kind, detail: detail)].add(entry)
    }
    var outside = ProfileEntry.empty("outside the program")
    // Waiting for inputs, replicas and ranks, reducing, updating.
    outside.seconds = seconds - entries.reduce(0) { $0 + $1.seconds }
    outside.count = steps
    let ordered = sums.values.sorted { $0.seconds > $1.seconds } + [outside]
    kinds = ordered.map { Part($0, detail: nil, steps: steps, seconds: seconds) }
    details = extents.values.sorted { $0.seconds > $1.seconds }.map {
      Part($0, detail: $0.detail, steps: steps, seconds: seconds)
    }
  }
}

extension StepProfile.Part {
  fileprivate init(_ entry: ProfileEntry, detail: String?, steps: Int, seconds: Double) {
    kind = entry.kind
    self.detail = detail
    count = (entry.count + steps - 1) / steps
    milliseconds = (entry.seconds / Double(steps) * 1000).rounded(toDigits: 4)
    share = (entry.seconds / seconds).rounded(toDigits: 4)
    func rate(_ amount: Int) -> Double {
      (Double(amount) / entry.seconds * 1e-9).rounded(toDigits: 2)
    }
    gigaflops = rate(entry.floatingPointOperations)
    gigabytes = rate(entry.byteCount)
  }
}

extension ProfileEntry {
  fileprivate static func empty(_ kind: String) -> ProfileEntry {
    ProfileEntry(kind: kind, detail: "")
  }

  fileprivate mutating func add(_ other: ProfileEntry) {
    count += other.count
    seconds += other.seconds
    floatingPointOperations += other.floatingPointOperations
    byteCount += other.byteCount
  }
}
