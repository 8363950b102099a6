import CMPIShims

extension Communicator {
  /// Copies the root's buffer into the buffers of all other ranks.
  ///
  /// Every rank must call this, with the same count. See MPI 3.1, section 5.4.
  ///
  /// - Parameters:
  ///   - buffer: What the root sends and the others receive.
  ///   - root: The rank that sends.
  /// - Throws: `MPIError` if communication fails.
  public func broadcast<Scalar: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, root: Int = 0
  ) throws(MPIError) {
    try forEachPiece(of: buffer.count) { range throws(MPIError) in
      try collective(
        MPI_Bcast(
          buffer.piece(range).baseAddress, CInt(range.count), Scalar.datatype,
          CInt(clamping: root), handle),
        "MPI_Bcast", range.count, Scalar.scalarKind)
    }
  }

  /// Returns the root's value on every rank.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.4.
  ///
  /// - Parameters:
  ///   - value: The value to send; those of ranks other than the root are ignored.
  ///   - root: The rank that sends.
  /// - Returns: The root's value.
  /// - Throws: `MPIError` if communication fails.
  public func broadcast<Scalar: MPIScalar>(_ value: Scalar, root: Int = 0) throws(MPIError)
    -> Scalar
  {
    var value = value
    try withUnsafeMutablePointer(to: &value) { pointer throws(MPIError) in
      try broadcast(UnsafeMutableBufferPointer(start: pointer, count: 1), root: root)
    }
    return value
  }

  /// Replaces the array of every rank by the root's, whatever their lengths are.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.4.
  ///
  /// - Parameters:
  ///   - values: The array to send, or to replace.
  ///   - root: The rank that sends.
  /// - Throws: `MPIError` if communication fails.
  public func broadcast<Scalar: MPIScalar>(_ values: inout [Scalar], root: Int = 0)
    throws(MPIError)
  {
    let count = Int(try broadcast(Int64(values.count), root: root))
    if rank != root {
      values = Scalar.zeros(count)
    }
    try values.withUnsafeMutableBufferPointer { buffer throws(MPIError) in
      try broadcast(buffer, root: root)
    }
  }

  /// Returns the root's text on every rank.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.4.
  ///
  /// - Parameters:
  ///   - text: The text to send; those of ranks other than the root are ignored.
  ///   - root: The rank that sends.
  /// - Returns: The root's text.
  /// - Throws: `MPIError` if communication fails.
  public func broadcast(_ text: String, root: Int = 0) throws(MPIError) -> String {
    var bytes = Array(text.utf8)
    try broadcast(&bytes, root: root)
    return String(decoding: bytes, as: UTF8.self)
  }
}
