import CMPIShims

extension Communicator {
  /// Starts to combine the buffers of all ranks element by element, in place.
  ///
  /// Every rank must call this, with the same count, and complete the result. See MPI 3.1,
  /// section 5.12.8. Reductions may overlap on one communicator if all ranks start them in the
  /// same order; no other collective may run on it from another thread meanwhile.
  ///
  /// - Parameters:
  ///   - buffer: This rank's operand, and the result once the operation is complete.
  ///   - operation: How two elements are combined.
  /// - Returns: The operation to test or wait for.
  /// - Throws: `MPIError` if the operation cannot start.
  public func startAllReduce<Scalar: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, by operation: ReductionOperation
  ) throws(MPIError) -> PendingOperation {
    try startPieces(of: buffer.count, "MPI_Iallreduce", Scalar.scalarKind) { range, request in
      MPI_Iallreduce(
        cmpi_in_place(), buffer.piece(range).baseAddress, CInt(range.count), Scalar.datatype,
        operation.handle(for: Scalar.scalarKind), handle, request)
    }
  }

  /// Starts to combine the buffers of all ranks element by element in that of the root.
  ///
  /// Every rank must call this, with the same count, and complete the result. The buffers of other
  /// ranks are only read. See MPI 3.1, section 5.12.7.
  ///
  /// - Parameters:
  ///   - buffer: This rank's operand, and on the root the result once the operation is complete.
  ///   - operation: How two elements are combined.
  ///   - root: The rank that receives the result.
  /// - Returns: The operation to test or wait for.
  /// - Throws: `MPIError` if the operation cannot start.
  public func startReduce<Scalar: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, by operation: ReductionOperation, root: Int
  ) throws(MPIError) -> PendingOperation {
    try startPieces(of: buffer.count, "MPI_Ireduce", Scalar.scalarKind) { range, request in
      let values = buffer.piece(range).baseAddress
      return MPI_Ireduce(
        UnsafeRawPointer(rank == root ? cmpi_in_place() : UnsafeMutableRawPointer(values)),
        rank == root ? values : nil,
        CInt(range.count), Scalar.datatype, operation.handle(for: Scalar.scalarKind),
        CInt(clamping: root), handle, request)
    }
  }

  /// Starts to copy the root's buffer into the buffers of all other ranks.
  ///
  /// Every rank must call this, with the same count, and complete the result. See MPI 3.1,
  /// section 5.12.2.
  ///
  /// - Parameters:
  ///   - buffer: What the root sends and the others receive.
  ///   - root: The rank that sends.
  /// - Returns: The operation to test or wait for.
  /// - Throws: `MPIError` if the operation cannot start.
  public func startBroadcast<Scalar: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, root: Int = 0
  ) throws(MPIError) -> PendingOperation {
    try startPieces(of: buffer.count, "MPI_Ibcast", Scalar.scalarKind) { range, request in
      MPI_Ibcast(
        buffer.piece(range).baseAddress, CInt(range.count), Scalar.datatype,
        CInt(clamping: root), handle, request)
    }
  }

  /// Starts a barrier, which is complete once every rank has started it.
  ///
  /// Every rank must call this, and complete the result. See MPI 3.1, section 5.12.1.
  ///
  /// - Returns: The operation to test or wait for.
  /// - Throws: `MPIError` if the operation cannot start.
  public func startBarrier() throws(MPIError) -> PendingOperation {
    try start([0..<0], "MPI_Ibarrier", nil, isCollective: true) { _, request in
      MPI_Ibarrier(handle, request)
    }
  }

  /// Starts to send `buffer` to one rank.
  ///
  /// See MPI 3.1, section 3.7.2. The buffer must not change until the operation is complete.
  ///
  /// - Parameters:
  ///   - buffer: What to send.
  ///   - destination: The rank that receives it.
  ///   - tag: A number that the receiver can ask for; from 0 to 32767 in any MPI.
  /// - Returns: The operation to test or wait for.
  /// - Throws: `MPIError` if the operation cannot start.
  public func startSend<Scalar: MPIScalar>(
    _ buffer: UnsafeBufferPointer<Scalar>, to destination: Int, tag: Int = 0
  ) throws(MPIError) -> PendingOperation {
    try start(
      messagePieces(of: buffer.count), "MPI_Isend", Scalar.scalarKind, isCollective: false
    ) { range, request in
      MPI_Isend(
        buffer.piece(range).baseAddress, CInt(range.count), Scalar.datatype,
        CInt(clamping: destination), CInt(clamping: tag), handle, request)
    }
  }

  /// Starts to receive a message of exactly `buffer.count` elements from one rank.
  ///
  /// See MPI 3.1, section 3.7.2.
  ///
  /// - Parameters:
  ///   - buffer: Where the message goes.
  ///   - source: The rank that sends it.
  ///   - tag: The tag of the message.
  /// - Returns: The operation to test or wait for.
  /// - Throws: `MPIError` if the operation cannot start.
  public func startReceive<Scalar: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, from source: Int, tag: Int = 0
  ) throws(MPIError) -> PendingOperation {
    try start(
      messagePieces(of: buffer.count), "MPI_Irecv", Scalar.scalarKind, isCollective: false
    ) { range, request in
      MPI_Irecv(
        buffer.piece(range).baseAddress, CInt(range.count), Scalar.datatype,
        CInt(clamping: source), CInt(clamping: tag), handle, request)
    }
  }

  private func startPieces(
    of count: Int, _ operation: StaticString, _ kind: ScalarKind? = nil,
    _ begin: (Range<Int>, UnsafeMutablePointer<OpaquePointer?>) -> CInt
  ) throws(MPIError) -> PendingOperation {
    var pieces: [Range<Int>] = []
    try forEachPiece(of: count) { range throws(MPIError) in pieces.append(range) }
    return try start(pieces, operation, kind, isCollective: true, begin)
  }

  // If a later piece fails to start, the pieces under way are waited for as the
  // operation goes out of scope.
  private func start(
    _ pieces: [Range<Int>], _ operation: StaticString, _ kind: ScalarKind?, isCollective: Bool,
    _ begin: (Range<Int>, UnsafeMutablePointer<OpaquePointer?>) -> CInt
  ) throws(MPIError) -> PendingOperation {
    var started = PendingOperation()
    for range in pieces {
      var request: OpaquePointer?
      let ticket = CallHistory.process.begin(
        operation, range.count, kind, on: space, isCollective: isCollective)
      let code = begin(range, &request)
      guard code == MPI_SUCCESS else {
        CallHistory.process.end(ticket)
        throw MPIError(operation: operation.description, code: code)
      }
      started.merge(PendingOperation(request, ticket: ticket, on: space))
    }
    return started
  }
}

extension Communicator {
  /// Lets MPI work on whatever is under way in this process, on any communicator.
  ///
  /// It neither blocks nor completes anything. Beside calls of other threads it needs
  /// `ThreadLevel.multiple`. See MPI 3.1, section 3.8.1.
  ///
  /// - Throws: `MPIError`.
  public func progress() throws(MPIError) {
    var isThere: CInt = 0
    var status = MPI_Status()
    try check(
      MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, handle, &isThere, &status), "MPI_Iprobe")
  }
}
