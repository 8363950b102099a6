import CMPIShims

extension Communicator {
  /// Combines the buffers of all ranks element by element into the root's output.
  ///
  /// Every rank must call this, with the same count. See MPI 3.1, section 5.9.1.
  ///
  /// - Parameters:
  ///   - input: This rank's operand.
  ///   - output: Where the result goes on the root, as long as `input`; elsewhere not used.
  ///   - operation: How two elements are combined.
  ///   - root: The rank that receives the result.
  /// - Throws: `MPIError` if communication fails.
  public func reduce<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>, into output: UnsafeMutableBufferPointer<Scalar>?,
    by operation: ReductionOperation, root: Int = 0
  ) throws(MPIError) {
    precondition(
      rank != root || output?.count == input.count,
      "reduction of \(input.count) elements into a buffer of \(output?.count ?? 0)")
    try forEachPiece(of: input.count) { range throws(MPIError) in
      try collective(
        MPI_Reduce(
          input.piece(range).baseAddress,
          rank == root ? output?.piece(range).baseAddress : nil, CInt(range.count),
          Scalar.datatype, operation.handle(for: Scalar.scalarKind), CInt(clamping: root), handle),
        "MPI_Reduce", range.count, Scalar.scalarKind)
    }
  }

  /// Combines the buffers of all ranks and leaves one block of equal size on each.
  ///
  /// Every rank must call this, with the same counts. Block r of the result goes to rank r. See
  /// MPI 3.1, section 5.10.1.
  ///
  /// - Parameters:
  ///   - input: This rank's operand: `size` blocks as long as `output`.
  ///   - output: Where this rank's block of the result goes; may not overlap `input`.
  ///   - operation: How two elements are combined.
  /// - Throws: `MPIError` if communication fails.
  public func reduceScatter<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>, into output: UnsafeMutableBufferPointer<Scalar>,
    by operation: ReductionOperation
  ) throws(MPIError) {
    precondition(
      input.count == size * output.count,
      "\(input.count) elements are not \(size) blocks of \(output.count)")
    guard input.count <= messageLimit else {
      let counts = Array(repeating: output.count, count: size)
      return try reduceBlockByBlock(input, counts: counts, into: output, by: operation)
    }
    try collective(
      MPI_Reduce_scatter_block(
        input.baseAddress, output.baseAddress, CInt(output.count), Scalar.datatype,
        operation.handle(for: Scalar.scalarKind), handle),
      "MPI_Reduce_scatter_block", input.count, Scalar.scalarKind)
  }

  /// Combines the buffers of all ranks and leaves a block of given size on each.
  ///
  /// Every rank must call this, with the same table. The blocks lie one after the other. See
  /// MPI 3.1, section 5.10.2.
  ///
  /// - Parameters:
  ///   - input: This rank's operand, as long as all blocks together.
  ///   - counts: The number of elements in the block of each rank; may be 0.
  ///   - output: Where this rank's block of the result goes; may not overlap `input`.
  ///   - operation: How two elements are combined.
  /// - Throws: `MPIError` if communication fails.
  public func reduceScatter<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>, counts: [Int],
    into output: UnsafeMutableBufferPointer<Scalar>, by operation: ReductionOperation
  ) throws(MPIError) {
    requireBlocks(counts, in: input.count)
    precondition(
      output.count == counts[rank],
      "a block of \(counts[rank]) elements does not fit a buffer of \(output.count)")
    guard input.count <= messageLimit else {
      return try reduceBlockByBlock(input, counts: counts, into: output, by: operation)
    }
    try collective(
      MPI_Reduce_scatter(
        input.baseAddress, output.baseAddress, counts.map { CInt($0) }, Scalar.datatype,
        operation.handle(for: Scalar.scalarKind), handle),
      "MPI_Reduce_scatter", input.count, Scalar.scalarKind)
  }

  // One reduction for each destination needs no staging buffer, where pieces of a
  // reduce-scatter would need the blocks copied together.
  private func reduceBlockByBlock<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>, counts: [Int],
    into output: UnsafeMutableBufferPointer<Scalar>, by operation: ReductionOperation
  ) throws(MPIError) {
    for (root, block) in blocks(counts).enumerated() {
      try reduce(
        input.piece(block), into: root == rank ? output : nil, by: operation, root: root)
    }
  }

  /// The ranges of blocks that lie one after the other.
  func blocks(_ counts: [Int]) -> [Range<Int>] {
    var start = 0
    return counts.map { count in
      defer { start += count }
      return start..<(start + count)
    }
  }

  /// Traps unless `counts` has a block for each rank and they fill a buffer of `total`.
  func requireBlocks(_ counts: [Int], in total: Int) {
    precondition(counts.count == size, "\(counts.count) blocks for \(size) ranks")
    precondition(
      counts.reduce(0, +) == total, "blocks \(counts) do not fill a buffer of \(total) elements")
  }
}
