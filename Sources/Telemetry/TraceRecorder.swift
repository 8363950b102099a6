public import MPI
import Synchronization

/// What one rank did when, for the timeline of a trace viewer.
///
/// The result is Chrome's trace format: an array of JSON objects, `ph: X` for work with begin and
/// duration in microseconds, the rank as process and a ``Lane`` as thread ("Trace Event Format",
/// Google). Any thread may record. Where an optional recorder is nil, nothing is measured.
public final class TraceRecorder: Sendable {
  /// A row of a rank's timeline; work in one row must nest.
  public enum Lane: Int, Sendable, CaseIterable {
    /// Steps of the compiled program, and the optimizer.
    case compute = 0
    /// Waiting for other ranks and exchanging numbers with them.
    case communication = 1
    /// Reading examples, checkpoints, samples and evaluations on the training thread.
    case inputOutput = 2
    /// Writing that goes on beside training.
    case background = 3
    /// Sums of gradients that come back beside other communication.
    case returns = 4

    /// The name of the row.
    public var name: String {
      switch self {
      case .compute: "compute"
      case .communication: "communication"
      case .inputOutput: "input/output"
      case .background: "input/output beside training"
      case .returns: "communication into the next step"
      }
    }
  }

  /// The rank whose work is recorded.
  public let rank: Int

  private let origin: ContinuousClock.Instant
  private let events = Mutex<[TraceEvent]>([])

  /// Begins a recording; time counts from now.
  ///
  /// - Parameter rank: The rank whose work is recorded.
  public init(rank: Int) {
    self.rank = rank
    origin = .now
  }

  /// The number of pieces of work so far.
  public var count: Int { events.withLock { $0.count } }

  /// Adds work that is done; what began before the recording is left out.
  ///
  /// - Parameters:
  ///   - name: What was done.
  ///   - lane: The row.
  ///   - begin: When it began.
  ///   - end: When it was done.
  ///   - details: What a viewer shows of it beside the times.
  public func record(
    _ name: String, on lane: Lane, from begin: ContinuousClock.Instant,
    to end: ContinuousClock.Instant, details: [(String, EventValue)] = []
  ) {
    guard begin >= origin else { return }
    let event = TraceEvent(
      name: name, lane: lane, begin: (begin - origin).nanoseconds,
      duration: (end - begin).nanoseconds, details: details)
    events.withLock { $0.append(event) }
  }

  /// This rank's part of the file: JSON objects, separated by commas.
  public var text: String {
    let names =
      [EventLine.metadata("process_name", rank: rank, lane: nil, "rank \(rank)")]
      + Lane.allCases.map {
        EventLine.metadata("thread_name", rank: rank, lane: $0, $0.name)
      }
    // Work that encloses other work comes before it.
    let ordered = events.withLock { $0 }.sorted {
      ($0.begin, $1.duration) < ($1.begin, $0.duration)
    }
    return (names + ordered.map { EventLine($0, rank: rank) }).map(\.text)
      .joined(separator: ",\n")
  }
}

extension TraceRecorder {
  /// Begins recordings of all ranks at the same time; every rank must call this.
  ///
  /// - Parameter communicator: The ranks.
  /// - Returns: This rank's recorder.
  /// - Throws: `MPIError`.
  public static func aligned(over communicator: Communicator) throws(MPIError) -> TraceRecorder {
    try communicator.barrier()
    return TraceRecorder(rank: communicator.rank)
  }

  /// Collects the recordings of all ranks; every rank must call this.
  ///
  /// - Parameter communicator: The ranks.
  /// - Returns: The content of the file on rank 0, nil on others.
  /// - Throws: `MPIError`.
  public func gatheredText(over communicator: Communicator) throws(MPIError) -> String? {
    try communicator.gatherStrings(text).map { "[\n" + $0.joined(separator: ",\n") + "\n]\n" }
  }
}

extension TraceRecorder? {
  /// Does work and records it if there is a recorder.
  ///
  /// - Parameters:
  ///   - name: What is done.
  ///   - lane: The row.
  ///   - details: What a viewer shows of it beside the times.
  ///   - work: What is measured; if it fails, nothing is recorded.
  /// - Returns: What the work returns.
  /// - Throws: What the work throws.
  public func measure<Result, Failure: Error>(
    _ name: String, on lane: TraceRecorder.Lane,
    details: @autoclosure () -> [(String, EventValue)] = [], _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let self else { return try work() }
    let begin = ContinuousClock.now
    let result = try work()
    self.record(name, on: lane, from: begin, to: .now, details: details())
    return result
  }
}

/// Work of a rank; times in nanoseconds.
private struct TraceEvent: Sendable {
  let name: String
  let lane: TraceRecorder.Lane
  let begin: Int64
  let duration: Int64
  let details: [(String, EventValue)]
}

extension EventLine {
  fileprivate init(_ event: TraceEvent, rank: Int) {
    self.init([
      ("name", .string(event.name)), ("cat", .string(event.lane.name)), ("ph", "X"),
      ("ts", .number(Double(event.begin) / 1000)),
      ("dur", .number(Double(event.duration) / 1000)), ("pid", .integer(rank)),
      ("tid", .integer(event.lane.rawValue)), ("args", .object(event.details)),
    ])
  }

  fileprivate static func metadata(
    _ kind: String, rank: Int, lane: TraceRecorder.Lane?, _ name: String
  ) -> EventLine {
    EventLine([
      ("name", .string(kind)), ("ph", "M"), ("pid", .integer(rank)),
      ("tid", .integer(lane?.rawValue ?? 0)), ("args", .object([("name", .string(name))])),
    ])
  }
}

extension Duration {
  fileprivate var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
