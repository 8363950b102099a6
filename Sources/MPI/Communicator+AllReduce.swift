import CMPIShims

extension Communicator {
  /// Combines the buffers of all ranks element by element, in place.
  ///
  /// Every rank must call this, with the same count. See MPI 3.1, section 5.9.6.
  ///
  /// - Parameters:
  ///   - buffer: This rank's operand, and the result afterwards.
  ///   - operation: How two elements are combined.
  /// - Throws: `MPIError` if communication fails.
  public func allReduce<Scalar: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, by operation: ReductionOperation
  ) throws(MPIError) {
    try forEachPiece(of: buffer.count) { range throws(MPIError) in
      try collective(
        MPI_Allreduce(
          cmpi_in_place(), buffer.piece(range).baseAddress, CInt(range.count), Scalar.datatype,
          operation.handle(for: Scalar.scalarKind), handle),
        "MPI_Allreduce", range.count, Scalar.scalarKind)
    }
  }

  /// Combines the buffers of all ranks element by element into a second buffer.
  ///
  /// Every rank must call this, with the same count. The buffers may not overlap. See MPI 3.1,
  /// section 5.9.6.
  ///
  /// - Parameters:
  ///   - input: This rank's operand.
  ///   - output: Where the result goes; as long as `input`.
  ///   - operation: How two elements are combined.
  /// - Throws: `MPIError` if communication fails.
  public func allReduce<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>, into output: UnsafeMutableBufferPointer<Scalar>,
    by operation: ReductionOperation
  ) throws(MPIError) {
    precondition(
      input.count == output.count,
      "all-reduce of \(input.count) elements into a buffer of \(output.count)")
    try forEachPiece(of: input.count) { range throws(MPIError) in
      try collective(
        MPI_Allreduce(
          input.piece(range).baseAddress, output.piece(range).baseAddress, CInt(range.count),
          Scalar.datatype, operation.handle(for: Scalar.scalarKind), handle),
        "MPI_Allreduce", range.count, Scalar.scalarKind)
    }
  }

  /// Combines the arrays of all ranks element by element, in place.
  ///
  /// Every rank must call this, with the same count. See MPI 3.1, section 5.9.6.
  ///
  /// - Parameters:
  ///   - values: This rank's operand, and the result afterwards.
  ///   - operation: How two elements are combined.
  /// - Throws: `MPIError` if communication fails.
  public func allReduce<Scalar: MPIScalar>(
    _ values: inout [Scalar], by operation: ReductionOperation
  ) throws(MPIError) {
    try values.withUnsafeMutableBufferPointer { buffer throws(MPIError) in
      try allReduce(buffer, by: operation)
    }
  }

  /// Combines one value of each rank.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.9.6.
  ///
  /// - Parameters:
  ///   - value: This rank's operand.
  ///   - operation: How two values are combined.
  /// - Returns: The result, the same on every rank.
  /// - Throws: `MPIError` if communication fails.
  public func allReduce<Scalar: MPIScalar>(_ value: Scalar, by operation: ReductionOperation)
    throws(MPIError) -> Scalar
  {
    var value = value
    try withUnsafeMutablePointer(to: &value) { pointer throws(MPIError) in
      try allReduce(UnsafeMutableBufferPointer(start: pointer, count: 1), by: operation)
    }
    return value
  }

  /// Returns whether `condition` holds on at least one rank.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.9.6.
  ///
  /// - Parameter condition: What this rank found.
  /// - Returns: The same answer on every rank.
  /// - Throws: `MPIError` if communication fails.
  public func anyRank(_ condition: Bool) throws(MPIError) -> Bool {
    try allReduce(Int32(condition ? 1 : 0), by: .logicalOr) != 0
  }

  /// Returns whether `condition` holds on all ranks.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.9.6.
  ///
  /// - Parameter condition: What this rank found.
  /// - Returns: The same answer on every rank.
  /// - Throws: `MPIError` if communication fails.
  public func everyRank(_ condition: Bool) throws(MPIError) -> Bool {
    try allReduce(Int32(condition ? 1 : 0), by: .logicalAnd) != 0
  }
}
