import MPI
import Telemetry

/// Brings sums of gradients back from the ranks that have them to all, bucket by bucket, the last of
/// them while the next step's program runs.
///
/// A sum that has come back waits for `use`, which says what is done with it, and may arrive after
/// that, too.
final class GradientReturn {
  // Returns delay the reductions behind them; when there are none, the link must not run dry.
  private static let bucketsBesideReductions = 2
  private static let pollingInterval = Duration.microseconds(200)

  /// Where returns are recorded, nil for nowhere.
  var trace: TraceRecorder?

  private let communicator: Communicator
  private let gradients: UnsafeMutableBufferPointer<Float>
  private let narrow: SixteenBitTransport?

  private var entries: [ReturnPlan.Entry] = []
  private var posted = 0
  private var used = 0
  private var pending = PendingOperation()
  private var lastPoll = ContinuousClock.now
  private var underWay: [ContinuousClock.Instant] = []
  private var lastEnd = ContinuousClock.now
  private var action: ((Range<Int>) -> Void)?

  /// Prepares returns; every rank must call this.
  ///
  /// - Parameters:
  ///   - communicator: The ranks; returns have a duplicate of their own.
  ///   - gradients: The sums.
  ///   - narrow: The memory of what travels in 16 bits, nil if sums travel as they are.
  /// - Throws: `MPIError`.
  init(
    _ communicator: Communicator, _ gradients: UnsafeMutableBufferPointer<Float>,
    narrow: SixteenBitTransport?
  ) throws(MPIError) {
    self.communicator = try communicator.duplicate(named: "sums of gradients")
    self.gradients = gradients
    self.narrow = narrow
  }

  /// Whether sums are not used yet.
  var isOpen: Bool { used < entries.count }

  /// Begins with the sums of a step, when those of the step before are used.
  func begin(_ plan: ReturnPlan) {
    precondition(!isOpen, "\(entries.count - used) sums of the step before are not used")
    entries = plan.entries
    (posted, used, action) = (0, 0, nil)
  }

  /// Says what is done with sums from now on, on this thread: with this rank's own and those that are
  /// back at once.
  ///
  /// - Parameter use: Called once with the elements of each bucket.
  func use(_ use: @escaping (Range<Int>) -> Void) {
    for entry in entries where entry.bucket.owner == communicator.rank { use(entry.bucket.range) }
    action = use
    useArrivals()
  }

  /// Lets sums come back without use, unless there is one.
  func discard() {
    if action == nil { use { _ in } }
  }

  /// Posts what can come back and lets MPI work.
  ///
  /// - Parameters:
  ///   - reductions: The number of reductions that are over.
  ///   - isAlone: Whether there are no more reductions.
  /// - Throws: `MPIError`.
  func advance(afterReductions reductions: Int, isAlone: Bool) throws(MPIError) {
    let now = ContinuousClock.now
    if pending.count > 0, now - lastPoll > Self.pollingInterval {
      lastPoll = now
      try poll()
    }
    try post(
      afterReductions: reductions,
      atMost: isAlone ? GradientReducer.bucketsUnderWay : Self.bucketsBesideReductions)
  }

  /// Waits until the first sums of the order are used; reductions must be over, and a use be known.
  ///
  /// - Parameter count: How many sums.
  /// - Throws: `MPIError`.
  func wait(for count: Int) throws(MPIError) {
    guard used < count else { return }
    precondition(action != nil, "nobody has said what sums are for")
    try trace.measure("wait for gradients", on: .compute) { () throws(MPIError) in
      while used < count {
        try post(afterReductions: entries.count, atMost: GradientReducer.bucketsUnderWay)
        try poll()
      }
    }
  }

  /// Waits until all sums are used.
  func finish() throws(MPIError) { try wait(for: entries.count) }

  private func poll() throws(MPIError) {
    _ = try pending.test()
    recordCompletions()
    useArrivals()
  }

  private func useArrivals() {
    guard let action else { return }
    while used < posted - pending.count {
      let bucket = entries[used].bucket
      used += 1
      guard bucket.owner != communicator.rank else { continue }
      narrow?.widen(bucket.range, into: gradients)
      action(bucket.range)
    }
  }

  private func post(afterReductions reductions: Int, atMost limit: Int) throws(MPIError) {
    while posted < entries.count, entries[posted].reductions <= reductions, pending.count < limit {
      let bucket = entries[posted].bucket
      underWay.append(.now)
      if let narrow {
        try start(narrow.sums(bucket.range), bucket)
      } else {
        try start(UnsafeMutableBufferPointer(rebasing: gradients[bucket.range]), bucket)
      }
      posted += 1
    }
  }

  private func start<Scalar: MPIScalar>(
    _ values: UnsafeMutableBufferPointer<Scalar>, _ bucket: GradientBucket
  ) throws(MPIError) {
    guard let owner = bucket.owner else { preconditionFailure("a sum that all ranks have") }
    pending.merge(try communicator.startBroadcast(values, root: owner))
  }

  // One after the other, as reductions are.
  private func recordCompletions() {
    let width = narrow == nil ? MemoryLayout<Float>.stride : MemoryLayout<BFloat16Bits>.stride
    while underWay.count > pending.count {
      let range = entries[posted - underWay.count].bucket.range
      let (begin, end) = (max(underWay.removeFirst(), lastEnd), ContinuousClock.now)
      trace?.record(
        "return of gradients", on: .returns, from: begin, to: end,
        details: [("bytes", .integer(range.count * width)), ("first", .integer(range.lowerBound))])
      lastEnd = end
    }
  }
}
