import CMPIShims

/// Where a message came from and how long it was.
public struct ReceivedMessage: Sendable, Equatable {
  /// The rank that sent the message.
  public let source: Int

  /// The tag the sender gave it.
  public let tag: Int

  /// The number of elements.
  public let count: Int
}

// A message of many elements travels as pieces of exactly `messageLimit` and a last one that
// is shorter, perhaps empty, so that a receiver sees the end without knowing the length. MPI
// keeps the pieces in order (MPI 3.1, section 3.5).
extension Communicator {
  /// Sends `buffer` to one rank, and returns when the buffer may change.
  ///
  /// See MPI 3.1, section 3.2. It may wait for the receiver, so two ranks that send to each
  /// other at the same time use `startSend`.
  ///
  /// - Parameters:
  ///   - buffer: What to send.
  ///   - destination: The rank that receives it.
  ///   - tag: A number that the receiver can ask for; from 0 to 32767 in any MPI.
  /// - Throws: `MPIError` if communication fails.
  public func send<Scalar: MPIScalar>(
    _ buffer: UnsafeBufferPointer<Scalar>, to destination: Int, tag: Int = 0
  ) throws(MPIError) {
    for range in messagePieces(of: buffer.count) {
      try pointToPoint(
        MPI_Send(
          buffer.piece(range).baseAddress, CInt(range.count), Scalar.datatype,
          CInt(clamping: destination), CInt(clamping: tag), handle),
        "MPI_Send", range.count, Scalar.scalarKind)
    }
  }

  /// Sends an array to one rank.
  ///
  /// See MPI 3.1, section 3.2. It may wait for the receiver.
  ///
  /// - Parameters:
  ///   - values: What to send.
  ///   - destination: The rank that receives it.
  ///   - tag: A number that the receiver can ask for; from 0 to 32767 in any MPI.
  /// - Throws: `MPIError` if communication fails.
  public func send<Scalar: MPIScalar>(_ values: [Scalar], to destination: Int, tag: Int = 0)
    throws(MPIError)
  {
    try values.withUnsafeBufferPointer { buffer throws(MPIError) in
      try send(buffer, to: destination, tag: tag)
    }
  }

  /// Waits for a message and receives it into a buffer that is long enough.
  ///
  /// See MPI 3.1, section 3.2.4.
  ///
  /// - Parameters:
  ///   - buffer: Where the message goes; it may be longer.
  ///   - source: The rank that sends it, or nil for any.
  ///   - tag: The tag of the message, or nil for any.
  /// - Returns: Where the message came from and its length.
  /// - Throws: `MPIError`, of class `truncated` if the message is longer than the buffer.
  public func receive<Scalar: MPIScalar>(
    into buffer: UnsafeMutableBufferPointer<Scalar>, from source: Int? = nil, tag: Int? = nil
  ) throws(MPIError) -> ReceivedMessage {
    var source = source
    var tag = tag
    var count = 0
    while true {
      let room = buffer.piece(count..<(count + min(messageLimit, buffer.count - count)))
      var status = MPI_Status()
      try pointToPoint(
        MPI_Recv(
          room.baseAddress, CInt(room.count), Scalar.datatype, wildcard(source, MPI_ANY_SOURCE),
          wildcard(tag, MPI_ANY_TAG), handle, &status),
        "MPI_Recv", room.count, Scalar.scalarKind)
      let piece = try message(status, of: Scalar.self)
      count += piece.count
      // The other pieces of the message have the same sender and tag.
      source = piece.source
      tag = piece.tag
      guard piece.count == messageLimit else {
        return ReceivedMessage(source: piece.source, tag: piece.tag, count: count)
      }
    }
  }

  /// Waits for a message of any length and receives it into a new array.
  ///
  /// See MPI 3.1, section 3.8.2.
  ///
  /// - Parameters:
  ///   - type: The type of the message's elements.
  ///   - source: The rank that sends it, or nil for any.
  ///   - tag: The tag of the message, or nil for any.
  /// - Returns: The elements, and where they came from.
  /// - Throws: `MPIError` if communication fails.
  public func receive<Scalar: MPIScalar>(
    arrayOf type: Scalar.Type, from source: Int? = nil, tag: Int? = nil
  ) throws(MPIError) -> (values: [Scalar], message: ReceivedMessage) {
    var values: [Scalar] = []
    var piece = try receivePiece(appendingTo: &values, from: source, tag: tag)
    while piece.count == messageLimit {
      piece = try receivePiece(appendingTo: &values, from: piece.source, tag: piece.tag)
    }
    return (values, ReceivedMessage(source: piece.source, tag: piece.tag, count: values.count))
  }

  /// Waits until a message is there to be received, and says how long it is.
  ///
  /// See MPI 3.1, section 3.8.1. Of a message above MPI's own limit it sees the first piece.
  ///
  /// - Parameters:
  ///   - type: The type of the message's elements.
  ///   - source: The rank that sends it, or nil for any.
  ///   - tag: The tag of the message, or nil for any.
  /// - Returns: Where the message comes from and its length.
  /// - Throws: `MPIError` if communication fails.
  public func probe<Scalar: MPIScalar>(
    arrayOf type: Scalar.Type, from source: Int? = nil, tag: Int? = nil
  ) throws(MPIError) -> ReceivedMessage {
    var status = MPI_Status()
    try pointToPoint(
      MPI_Probe(wildcard(source, MPI_ANY_SOURCE), wildcard(tag, MPI_ANY_TAG), handle, &status),
      "MPI_Probe")
    return try message(status, of: type)
  }

  /// The ranges in which a message of `count` elements travels; at least one, maybe empty.
  func messagePieces(of count: Int) -> [Range<Int>] {
    (0...(count / messageLimit)).map { index in
      let start = index * messageLimit
      return start..<(start + min(messageLimit, count - start))
    }
  }

  // A matched probe takes the message out of the queue, so that no other thread can receive it
  // between the question for its length and the receive.
  private func receivePiece<Scalar: MPIScalar>(
    appendingTo values: inout [Scalar], from source: Int?, tag: Int?
  ) throws(MPIError) -> ReceivedMessage {
    var status = MPI_Status()
    var matched: OpaquePointer?
    try pointToPoint(
      MPI_Mprobe(
        wildcard(source, MPI_ANY_SOURCE), wildcard(tag, MPI_ANY_TAG), handle, &matched, &status),
      "MPI_Mprobe")
    let piece = try message(status, of: Scalar.self)
    var received = Scalar.zeros(piece.count)
    try received.withUnsafeMutableBufferPointer { buffer throws(MPIError) in
      try pointToPoint(
        MPI_Mrecv(buffer.baseAddress, CInt(buffer.count), Scalar.datatype, &matched, &status),
        "MPI_Mrecv", buffer.count, Scalar.scalarKind)
    }
    values += received
    return piece
  }

  private func wildcard(_ value: Int?, _ any: CInt) -> CInt {
    value.map { CInt(clamping: $0) } ?? any
  }

  private func message<Scalar: MPIScalar>(_ status: MPI_Status, of type: Scalar.Type)
    throws(MPIError) -> ReceivedMessage
  {
    var status = status
    var count: CInt = 0
    try check(MPI_Get_count(&status, Scalar.datatype, &count), "MPI_Get_count")
    guard count != MPI_UNDEFINED else {
      throw MPIError(
        operation: "MPI_Get_count", errorClass: .type,
        text: "the message is not a whole number of \(type) elements")
    }
    return ReceivedMessage(
      source: Int(status.MPI_SOURCE), tag: Int(status.MPI_TAG), count: Int(count))
  }
}
