import MPI
import RunConfiguration
import Telemetry

/// Adds up the gradients of all ranks in a flat buffer, bucket by bucket, while the program that
/// computes them still runs.
///
/// The buckets that are complete are posted between the program's steps. Open MPI works only inside
/// its own calls: a thread of their own makes them, and so does the program's every now and then.
/// Buckets of a few megabytes keep it from mapping fresh memory for each message.
final class GradientReducer {
  // Between two polls so many must not all arrive; more take memory.
  static let bucketsUnderWay = 8
  private static let pollingInterval = Duration.microseconds(200)

  /// Where reductions are recorded, nil for nowhere.
  var trace: TraceRecorder?
  /// Bytes of the buckets that were posted since the step began.
  private(set) var postedBytes = 0

  /// All buckets, in the order of the buffer.
  let buckets: [GradientBucket]

  private let communicator: Communicator
  /// The memory of what travels in 16 bits, nil if gradients travel as they are.
  let narrow: SixteenBitTransport?
  private let progress: ProgressThread?

  private var order: BucketOrder
  private var complete: (Range<Int>) -> Void = { _ in }
  private var posted = 0
  private var pending = PendingOperation()
  private var lastPoll = ContinuousClock.now
  // What is under way, the first posted first, and when the one before it was done.
  private var underWay: [(bucket: GradientBucket, begin: ContinuousClock.Instant)] = []
  private var lastEnd = ContinuousClock.now

  /// Prepares buckets; every rank must call this.
  ///
  /// - Parameters:
  ///   - communicator: The ranks; the reducer communicates on a duplicate of its own.
  ///   - count: The length of the buffer.
  ///   - ownership: Which ranks get which sums.
  ///   - settings: Bucket size and the format on the wire.
  ///   - seed: The seed of the run.
  /// - Throws: `MPIError`.
  init(
    _ communicator: Communicator, count: Int, ownership: GradientBucket.Ownership = .everyone,
    settings: CommunicationSettings, seed: UInt64
  ) throws {
    self.communicator = try communicator.duplicate(named: "gradients")
    progress = ProgressThread(over: self.communicator)
    let isNarrow = settings.transport == .bfloat16
    let bytes = Int(settings.bucketMegabytes * 1_048_576)
    let length = max(1, bytes / (isNarrow ? 2 : MemoryLayout<Float>.stride))
    buckets = ownership.buckets(of: count, length: length)
    order = BucketOrder(buckets, completions: [])
    narrow =
      isNarrow && communicator.size > 1
      ? SixteenBitTransport(
        count: count, rounding: settings.rounding, seed: seed, rank: communicator.rank) : nil
  }

  /// The order in which a program's gradients are posted.
  ///
  /// - Parameter completions: For each part of the buffer the number of the program's steps after
  ///   which it does not change any more, the same on all ranks.
  /// - Returns: The order, to begin steps with.
  func order(for completions: [(part: Range<Int>, steps: Int)]) -> BucketOrder {
    BucketOrder(buckets, completions: completions)
  }

  /// Begins a step.
  ///
  /// - Parameters:
  ///   - order: The order for the program that computes the gradients; nil to post them after it.
  ///   - step: The number of the step, on which random bits depend.
  ///   - complete: Called with each bucket that is posted while the program runs, just before.
  func begin(
    _ order: BucketOrder?, step: Int, completing complete: @escaping (Range<Int>) -> Void = { _ in }
  ) {
    self.order = order ?? BucketOrder(buckets, completions: [])
    self.complete = complete
    (posted, postedBytes) = (0, 0)
    narrow?.begin(step: step)
  }

  /// Posts what is complete and lets MPI work; to be called between the program's steps.
  ///
  /// - Parameters:
  ///   - gradients: The buffer.
  ///   - steps: The number of the program's steps that are done.
  /// - Throws: `MPIError`.
  func advance(
    _ gradients: UnsafeMutableBufferPointer<Float>, afterSteps steps: Int
  ) throws(MPIError) {
    guard communicator.size > 1 else { return }
    let now = ContinuousClock.now
    if pending.count > 0, now - lastPoll > Self.pollingInterval {
      _ = try pending.test()
      lastPoll = now
      recordCompletions()
    }
    while isDue(afterSteps: steps), pending.count < Self.bucketsUnderWay {
      complete(order.entries[posted].bucket.range)
      try post(gradients)
      progress?.start()
    }
  }

  /// The number of buckets of the step's order whose sums are there.
  var summed: Int { posted - pending.count }

  /// Whether a bucket is to be posted now.
  func isDue(afterSteps steps: Int) -> Bool {
    posted < order.entries.count && order.entries[posted].completion <= steps
  }

  /// Leaves MPI to the calling thread again; to be called when the program has ended, be it by an error.
  func endProgram() { progress?.stop() }

  /// Leaves the sum over all ranks on each of them, or the owners' parts of it on these; every rank
  /// must call this once a step.
  ///
  /// - Parameter gradients: The buffer, complete. What the rank gets no sum of is undefined then.
  /// - Throws: `MPIError`.
  func finish(_ gradients: UnsafeMutableBufferPointer<Float>) throws(MPIError) {
    guard communicator.size > 1 else { return }
    while posted < order.entries.count {
      if pending.count >= Self.bucketsUnderWay { try wait() }
      try post(gradients)
    }
    try wait()
    guard let narrow else { return }
    for bucket in buckets where bucket.owner == nil || bucket.owner == communicator.rank {
      narrow.widen(bucket.range, into: gradients)
    }
  }

  private func wait() throws(MPIError) {
    try pending.wait()
    recordCompletions()
  }

  private func post(_ gradients: UnsafeMutableBufferPointer<Float>) throws(MPIError) {
    let bucket = order.entries[posted].bucket
    underWay.append((bucket, .now))
    if let narrow {
      try start(narrow.narrow(gradients, bucket.range), to: bucket.owner)
    } else {
      try start(UnsafeMutableBufferPointer(rebasing: gradients[bucket.range]), to: bucket.owner)
    }
    posted += 1
  }

  private func start<Scalar: MPIScalar>(
    _ values: UnsafeMutableBufferPointer<Scalar>, to owner: Int?
  ) throws(MPIError) {
    postedBytes += values.count * MemoryLayout<Scalar>.stride
    if let owner {
      pending.merge(try communicator.startReduce(values, by: .sum, root: owner))
    } else {
      pending.merge(try communicator.startAllReduce(values, by: .sum))
    }
  }

  // Buckets are done in the order in which they are posted. Those under way together are shown one
  // after the other, because work in one row of a timeline must not overlap.
  private func recordCompletions() {
    let width = narrow == nil ? MemoryLayout<Float>.stride : MemoryLayout<BFloat16Bits>.stride
    while underWay.count > pending.count {
      let (bucket, begin) = underWay.removeFirst()
      let end = ContinuousClock.now
      trace?.record(
        bucket.owner == nil ? "all-reduce of gradients" : "reduce of gradients",
        on: .communication, from: max(begin, lastEnd), to: end,
        details: [
          ("bytes", .integer(bucket.range.count * width)),
          ("first", .integer(bucket.range.lowerBound)),
        ])
      lastEnd = end
    }
  }
}
