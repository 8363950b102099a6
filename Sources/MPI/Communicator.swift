import CMPIShims

/// A fixed group of ranks that talk to each other (MPI 3.1, chapter 6).
///
/// A collective is correct only if every rank of the communicator calls it, in the same order
/// and with the same counts and root. Nothing here can check that, so keep collectives out of
/// code that only some ranks run. Threads that communicate at the same time each need a
/// communicator of their own; `duplicate()` makes one.
///
/// MPI counts elements in 32 bits. Longer buffers go out in several messages, unseen.
public struct Communicator: Sendable {
  // MPI's handle points to memory that the library owns and never moves.
  nonisolated(unsafe) let handle: OpaquePointer

  /// The number of this process in the group, from 0 to `size - 1`.
  public let rank: Int

  /// The number of processes in the group.
  public let size: Int

  /// The largest number of elements in one MPI call.
  let messageLimit: Int

  /// What the history of calls knows of it.
  let space: MessageSpace

  /// Takes over an MPI handle, and has its errors returned instead of ending the process.
  init(adopting handle: OpaquePointer, name: String, messageLimit: Int = Int(CInt.max))
    throws(MPIError)
  {
    try check(MPI_Comm_set_errhandler(handle, cmpi_errors_return()), "MPI_Comm_set_errhandler")
    var rank: CInt = 0
    try check(MPI_Comm_rank(handle, &rank), "MPI_Comm_rank")
    var size: CInt = 0
    try check(MPI_Comm_size(handle, &size), "MPI_Comm_size")
    self.init(
      handle: handle, rank: Int(rank), size: Int(size), messageLimit: messageLimit,
      space: CallHistory.process.register(name))
  }

  private init(
    handle: OpaquePointer, rank: Int, size: Int, messageLimit: Int, space: MessageSpace
  ) {
    self.handle = handle
    self.rank = rank
    self.size = size
    self.messageLimit = messageLimit
    self.space = space
  }

  /// The name in ``CallHistory``, the same on all ranks.
  public var name: String { space.name }

  /// The same communicator with messages of at most `limit` elements.
  ///
  /// It lets tests split messages without gigabytes of memory. Every rank must use the same
  /// limit, or the ranks disagree about how many messages there are.
  package func splittingMessages(at limit: Int) -> Communicator {
    precondition(limit > 0, "a message holds at least one element, not \(limit)")
    return Communicator(
      handle: handle, rank: rank, size: size, messageLimit: limit, space: space)
  }

  /// Creates a communicator with the same ranks and a message space of its own.
  ///
  /// Every rank must call this. See MPI 3.1, section 6.4.2.
  ///
  /// - Parameter name: What ``CallHistory`` calls it; derived from this one's name if absent.
  /// - Returns: The new communicator; `free()` gives it back.
  /// - Throws: `MPIError` if MPI cannot create it.
  public func duplicate(named name: String? = nil) throws(MPIError) -> Communicator {
    try adopt("MPI_Comm_dup", named: name ?? "duplicate of \(self.name)") {
      MPI_Comm_dup(handle, $0)
    }
  }

  /// Creates communicators of the ranks that pass the same `color`.
  ///
  /// Every rank must call this. The ranks of a new communicator are in the order of `key`,
  /// equal keys in the order of the old ranks. See MPI 3.1, section 6.4.2.
  ///
  /// - Parameters:
  ///   - color: Which group this rank joins; not negative.
  ///   - key: Where in the new group this rank comes.
  /// - Returns: The communicator this rank belongs to.
  /// - Throws: `MPIError` if MPI cannot create it.
  public func split(color: Int, key: Int = 0) throws(MPIError) -> Communicator {
    precondition(color >= 0, "a color is 0 or more, not \(color)")
    return try adopt("MPI_Comm_split", named: "part \(color) of \(name)") {
      MPI_Comm_split(handle, CInt(clamping: color), CInt(clamping: key), $0)
    }
  }

  /// Creates communicators of the ranks that share one machine's memory.
  ///
  /// Every rank must call this. Its `rank` is the local rank on the node. See MPI 3.1, section
  /// 6.4.2.
  ///
  /// - Returns: The communicator of this rank's machine.
  /// - Throws: `MPIError` if MPI cannot create it.
  public func splitShared() throws(MPIError) -> Communicator {
    // Each machine has one of its own, with the same name.
    try adopt("MPI_Comm_split_type", named: "machine of \(name)") {
      MPI_Comm_split_type(
        handle, CInt(MPI_COMM_TYPE_SHARED), CInt(clamping: rank), cmpi_info_null(), $0)
    }
  }

  /// Gives a communicator back that `duplicate` or a split created.
  ///
  /// Every rank must call this. Neither this value nor a copy of it may be used afterwards. See
  /// MPI 3.1, section 6.4.3.
  ///
  /// - Throws: `MPIError` if MPI refuses, as it does for the world.
  public func free() throws(MPIError) {
    var handle: OpaquePointer? = handle
    try collective(MPI_Comm_free(&handle), "MPI_Comm_free")
    CallHistory.process.remove(space)
  }

  /// Waits until every rank has come here.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.3.
  ///
  /// - Throws: `MPIError` if communication fails.
  public func barrier() throws(MPIError) {
    try collective(MPI_Barrier(handle), "MPI_Barrier")
  }

  private func adopt(
    _ operation: StaticString, named name: String,
    _ create: (UnsafeMutablePointer<OpaquePointer?>) -> CInt
  ) throws(MPIError) -> Communicator {
    var new: OpaquePointer?
    try collective(create(&new), operation)
    guard let new else {
      throw MPIError(
        operation: operation.description, errorClass: .communicator, text: "no communicator")
    }
    return try Communicator(adopting: new, name: name, messageLimit: messageLimit)
  }

  /// Makes a call that all ranks of the communicator make, and remembers it.
  func collective(
    _ call: @autoclosure () -> CInt, _ operation: StaticString, _ elements: Int = 0,
    _ kind: ScalarKind? = nil
  ) throws(MPIError) {
    try remembered(operation, elements, kind, isCollective: true, call)
  }

  /// Makes a call about a message between two ranks, and remembers it.
  func pointToPoint(
    _ call: @autoclosure () -> CInt, _ operation: StaticString, _ elements: Int = 0,
    _ kind: ScalarKind? = nil
  ) throws(MPIError) {
    try remembered(operation, elements, kind, isCollective: false, call)
  }

  private func remembered(
    _ operation: StaticString, _ elements: Int, _ kind: ScalarKind?, isCollective: Bool,
    _ call: () -> CInt
  ) throws(MPIError) {
    let history = CallHistory.process
    let ticket = history.begin(
      operation, elements, kind, on: space, isCollective: isCollective)
    let code = call()
    history.end(ticket)
    guard code == MPI_SUCCESS else {
      throw MPIError(operation: operation.description, code: code)
    }
  }

  /// Calls `body` with the ranges of at most `messageLimit` that `count` elements consist of.
  func forEachPiece(
    of count: Int, _ body: (Range<Int>) throws(MPIError) -> Void
  ) throws(MPIError) {
    var start = 0
    while start < count {
      let end = start + min(messageLimit, count - start)
      try body(start..<end)
      start = end
    }
  }
}

extension UnsafeMutableBufferPointer {
  /// The part of the buffer in `range`, numbered from 0.
  func piece(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(rebasing: self[range])
  }
}

extension UnsafeBufferPointer {
  /// The part of the buffer in `range`, numbered from 0.
  func piece(_ range: Range<Int>) -> UnsafeBufferPointer<Element> {
    UnsafeBufferPointer(rebasing: self[range])
  }
}
