import CMPIShims

extension Communicator {
  /// Joins blocks of equal size, one from each rank, on every rank.
  ///
  /// Every rank must call this, with the same counts. Block r comes from rank r. See MPI 3.1,
  /// section 5.7.
  ///
  /// - Parameters:
  ///   - input: This rank's block.
  ///   - output: Where all blocks go: `size` times as long as `input`; may not overlap it.
  /// - Throws: `MPIError` if communication fails.
  public func allGather<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>, into output: UnsafeMutableBufferPointer<Scalar>
  ) throws(MPIError) {
    precondition(
      output.count == size * input.count,
      "\(size) blocks of \(input.count) elements do not fill a buffer of \(output.count)")
    guard output.count <= messageLimit else {
      let counts = Array(repeating: input.count, count: size)
      return try broadcastBlockByBlock(input, counts: counts, into: output)
    }
    try collective(
      MPI_Allgather(
        input.baseAddress, CInt(input.count), Scalar.datatype, output.baseAddress,
        CInt(input.count), Scalar.datatype, handle),
      "MPI_Allgather", input.count, Scalar.scalarKind)
  }

  /// Joins blocks of given sizes, one from each rank, on every rank.
  ///
  /// Every rank must call this, with the same table. The blocks lie one after the other. See
  /// MPI 3.1, section 5.7.
  ///
  /// - Parameters:
  ///   - input: This rank's block.
  ///   - counts: The number of elements in the block of each rank; may be 0.
  ///   - output: Where all blocks go; may not overlap `input`.
  /// - Throws: `MPIError` if communication fails.
  public func allGatherV<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>, counts: [Int],
    into output: UnsafeMutableBufferPointer<Scalar>
  ) throws(MPIError) {
    requireBlocks(counts, in: output.count)
    requireOwnBlock(input.count, counts)
    guard output.count <= messageLimit else {
      return try broadcastBlockByBlock(input, counts: counts, into: output)
    }
    try collective(
      MPI_Allgatherv(
        input.baseAddress, CInt(input.count), Scalar.datatype, output.baseAddress,
        counts.map { CInt($0) }, blocks(counts).map { CInt($0.lowerBound) }, Scalar.datatype,
        handle),
      "MPI_Allgatherv", output.count, Scalar.scalarKind)
  }

  /// Completes on every rank a buffer of which each rank has one block in its place.
  ///
  /// Every rank must call this, with the same table. See MPI 3.1, section 5.7.
  ///
  /// - Parameters:
  ///   - buffer: All blocks, one after the other; this rank's own is filled.
  ///   - counts: The number of elements in the block of each rank; may be 0.
  /// - Throws: `MPIError` if communication fails.
  public func allGatherV<Scalar: MPIScalar>(
    inPlace buffer: UnsafeMutableBufferPointer<Scalar>, counts: [Int]
  ) throws(MPIError) {
    requireBlocks(counts, in: buffer.count)
    guard buffer.count <= messageLimit else {
      return try broadcastBlockByBlock(nil, counts: counts, into: buffer)
    }
    try collective(
      MPI_Allgatherv(
        cmpi_in_place(), 0, Scalar.datatype, buffer.baseAddress, counts.map { CInt($0) },
        blocks(counts).map { CInt($0.lowerBound) }, Scalar.datatype, handle),
      "MPI_Allgatherv", buffer.count, Scalar.scalarKind)
  }

  /// Joins blocks of equal size, one from each rank, on the root.
  ///
  /// Every rank must call this, with the same counts. Block r comes from rank r. See MPI 3.1,
  /// section 5.5.
  ///
  /// - Parameters:
  ///   - input: This rank's block.
  ///   - output: Where all blocks go on the root, `size` times as long as `input`; elsewhere
  ///     not used.
  ///   - root: The rank that receives the blocks.
  /// - Throws: `MPIError` if communication fails.
  public func gather<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>, into output: UnsafeMutableBufferPointer<Scalar>?,
    root: Int = 0
  ) throws(MPIError) {
    precondition(
      rank != root || output?.count == size * input.count,
      "\(size) blocks of \(input.count) elements do not fill a buffer of \(output?.count ?? 0)")
    guard size * input.count <= messageLimit else {
      let counts = Array(repeating: input.count, count: size)
      return try gatherBlockByBlock(input, counts: counts, into: output, root: root)
    }
    try collective(
      MPI_Gather(
        input.baseAddress, CInt(input.count), Scalar.datatype, output?.baseAddress,
        CInt(input.count), Scalar.datatype, CInt(clamping: root), handle),
      "MPI_Gather", input.count, Scalar.scalarKind)
  }

  /// Joins blocks of given sizes, one from each rank, on the root.
  ///
  /// Every rank must call this, with the same table. The blocks lie one after the other. See
  /// MPI 3.1, section 5.5.
  ///
  /// - Parameters:
  ///   - input: This rank's block.
  ///   - counts: The number of elements in the block of each rank; may be 0.
  ///   - output: Where all blocks go on the root; elsewhere not used.
  ///   - root: The rank that receives the blocks.
  /// - Throws: `MPIError` if communication fails.
  public func gatherV<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>, counts: [Int],
    into output: UnsafeMutableBufferPointer<Scalar>?, root: Int = 0
  ) throws(MPIError) {
    let total = counts.reduce(0, +)
    requireBlocks(counts, in: rank == root ? output?.count ?? 0 : total)
    requireOwnBlock(input.count, counts)
    guard total <= messageLimit else {
      return try gatherBlockByBlock(input, counts: counts, into: output, root: root)
    }
    try gatherOneMessage(
      input, counts: counts, starts: blocks(counts).map(\.lowerBound), into: output, root: root)
  }

  private func gatherOneMessage<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>, counts: [Int], starts: [Int],
    into output: UnsafeMutableBufferPointer<Scalar>?, root: Int
  ) throws(MPIError) {
    try collective(
      MPI_Gatherv(
        input.baseAddress, CInt(input.count), Scalar.datatype, output?.baseAddress,
        counts.map { CInt($0) }, starts.map { CInt($0) }, Scalar.datatype, CInt(clamping: root),
        handle),
      "MPI_Gatherv", input.count, Scalar.scalarKind)
  }

  // Gathers in which one rank at a time has something to give.
  private func gatherBlockByBlock<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>, counts: [Int],
    into output: UnsafeMutableBufferPointer<Scalar>?, root: Int
  ) throws(MPIError) {
    let starts = Array(repeating: 0, count: size)
    for (giver, block) in blocks(counts).enumerated() {
      try forEachPiece(of: block.count) { range throws(MPIError) in
        var pieceCounts = starts
        pieceCounts[giver] = range.count
        let target = (block.lowerBound + range.lowerBound)..<(block.lowerBound + range.upperBound)
        try gatherOneMessage(
          input.piece(rank == giver ? range : 0..<0), counts: pieceCounts, starts: starts,
          into: rank == root ? output?.piece(target) : nil, root: root)
      }
    }
  }

  // Takes the own block from `input`, or finds it in its place in `output`.
  private func broadcastBlockByBlock<Scalar: MPIScalar>(
    _ input: UnsafeBufferPointer<Scalar>?, counts: [Int],
    into output: UnsafeMutableBufferPointer<Scalar>
  ) throws(MPIError) {
    let blocks = blocks(counts)
    if let input {
      _ = output.piece(blocks[rank]).update(fromContentsOf: input)
    }
    for (root, block) in blocks.enumerated() {
      try broadcast(output.piece(block), root: root)
    }
  }

  private func requireOwnBlock(_ count: Int, _ counts: [Int]) {
    precondition(
      count == counts[rank],
      "rank \(rank) gives \(count) elements, but its block has \(counts[rank])")
  }
}
