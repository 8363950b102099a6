import CMPIShims

/// Communication that was started and that MPI may still be working on (MPI 3.1, section 3.7).
///
/// The buffers of the operation must stay where they are, and those that receive must not be
/// touched, until `test()` has returned true or `wait()` has returned. MPI makes progress only
/// inside calls, so poll `test()` every few milliseconds between pieces of other work.
///
/// An operation that is dropped, as when an error unwinds the caller, is waited for first, so
/// that MPI never writes to freed memory.
public struct PendingOperation: ~Copyable, @unchecked Sendable {
  private struct Request {
    var handle: OpaquePointer?
    /// Its entry in the history of calls.
    let ticket: Int
    let space: MessageSpace
  }

  // In the order in which they were started; completed ones leave from the front.
  private var requests: [Request]

  /// Creates an operation that is complete, to `merge` others into.
  public init() {
    requests = []
  }

  init(_ request: OpaquePointer?, ticket: Int, on space: MessageSpace) {
    requests = [Request(handle: request, ticket: ticket, space: space)]
  }

  /// The number of messages and reductions that are not known to be complete.
  public var count: Int { requests.count }

  /// Takes `other` over, so that this stands for both until both are complete.
  public mutating func merge(_ other: consuming PendingOperation) {
    requests += other.requests
    other.requests = []
  }

  /// Lets MPI work, and returns whether everything is complete.
  ///
  /// It does not block, and returns true again once it has. See MPI 3.1, section 3.7.3.
  ///
  /// - Returns: Whether the buffers may be used.
  /// - Throws: `MPIError` if the communication failed.
  public mutating func test() throws(MPIError) -> Bool {
    while var request = requests.first {
      var isComplete: CInt = 0
      var status = MPI_Status()
      let code = MPI_Test(&request.handle, &isComplete, &status)
      if code != MPI_SUCCESS || isComplete != 0 {
        CallHistory.process.end(request.ticket)
        requests.removeFirst()
      }
      try check(code, "MPI_Test")
      if isComplete == 0 { return false }
    }
    return true
  }

  /// Blocks until everything is complete.
  ///
  /// Later calls return at once. See MPI 3.1, section 3.7.3.
  ///
  /// - Throws: `MPIError` if the communication failed; all of it is over nevertheless.
  public mutating func wait() throws(MPIError) {
    let code = waitForAll()
    try check(code, "MPI_Wait")
  }

  // The code of the first failure.
  private mutating func waitForAll() -> CInt {
    var firstFailure = MPI_SUCCESS
    for pending in requests {
      let code = Self.wait(for: pending)
      if firstFailure == MPI_SUCCESS { firstFailure = code }
    }
    requests = []
    return firstFailure
  }

  deinit {
    guard !requests.isEmpty, !MPIEnvironment.isFinalized else { return }
    for pending in requests { _ = Self.wait(for: pending) }
  }

  private static func wait(for pending: Request) -> CInt {
    var handle = pending.handle
    var status = MPI_Status()
    let history = CallHistory.process
    let wait = history.begin("MPI_Wait", 0, nil, on: pending.space, isCollective: false)
    let code = MPI_Wait(&handle, &status)
    history.end(wait)
    history.end(pending.ticket)
    return code
  }
}
