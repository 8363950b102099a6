extension Communicator {
  /// Returns one value of each rank, in the order of the ranks, on every rank.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.7.
  ///
  /// - Parameter value: This rank's value.
  /// - Returns: `size` values.
  /// - Throws: `MPIError` if communication fails.
  public func allGather<Scalar: MPIScalar>(_ value: Scalar) throws(MPIError) -> [Scalar] {
    var values = Scalar.zeros(size)
    try values.withUnsafeMutableBufferPointer { output throws(MPIError) in
      try withUnsafePointer(to: value) { input throws(MPIError) in
        try allGather(UnsafeBufferPointer(start: input, count: 1), into: output)
      }
    }
    return values
  }

  /// Returns one value of each rank, in the order of the ranks, on the root.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.5.
  ///
  /// - Parameters:
  ///   - value: This rank's value.
  ///   - root: The rank that receives the values.
  /// - Returns: `size` values on the root, nil elsewhere.
  /// - Throws: `MPIError` if communication fails.
  public func gather<Scalar: MPIScalar>(_ value: Scalar, root: Int = 0) throws(MPIError)
    -> [Scalar]?
  {
    var values = Scalar.zeros(rank == root ? size : 0)
    try values.withUnsafeMutableBufferPointer { output throws(MPIError) in
      try withUnsafePointer(to: value) { input throws(MPIError) in
        try gather(UnsafeBufferPointer(start: input, count: 1), into: output, root: root)
      }
    }
    return rank == root ? values : nil
  }

  /// Returns the arrays of all ranks, whatever their lengths are, on every rank.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.7.
  ///
  /// - Parameter values: This rank's array.
  /// - Returns: `size` arrays, in the order of the ranks.
  /// - Throws: `MPIError` if communication fails.
  public func allGather<Scalar: MPIScalar>(_ values: [Scalar]) throws(MPIError) -> [[Scalar]] {
    let counts = try allGather(Int64(values.count)).map { Int($0) }
    var joined = Scalar.zeros(counts.reduce(0, +))
    try joined.withUnsafeMutableBufferPointer { output throws(MPIError) in
      try values.withUnsafeBufferPointer { input throws(MPIError) in
        try allGatherV(input, counts: counts, into: output)
      }
    }
    return blocks(counts).map { Array(joined[$0]) }
  }

  /// Returns the arrays of all ranks, whatever their lengths are, on the root.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.5.
  ///
  /// - Parameters:
  ///   - values: This rank's array.
  ///   - root: The rank that receives the arrays.
  /// - Returns: `size` arrays in the order of the ranks on the root, nil elsewhere.
  /// - Throws: `MPIError` if communication fails.
  public func gather<Scalar: MPIScalar>(_ values: [Scalar], root: Int = 0) throws(MPIError)
    -> [[Scalar]]?
  {
    let counts = try allGather(Int64(values.count)).map { Int($0) }
    var joined = Scalar.zeros(rank == root ? counts.reduce(0, +) : 0)
    try joined.withUnsafeMutableBufferPointer { output throws(MPIError) in
      try values.withUnsafeBufferPointer { input throws(MPIError) in
        try gatherV(input, counts: counts, into: output, root: root)
      }
    }
    return rank == root ? blocks(counts).map { Array(joined[$0]) } : nil
  }

  /// Returns the texts of all ranks on every rank.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.7.
  ///
  /// - Parameter text: This rank's text.
  /// - Returns: `size` texts, in the order of the ranks.
  /// - Throws: `MPIError` if communication fails.
  public func allGatherStrings(_ text: String) throws(MPIError) -> [String] {
    try allGather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Returns the texts of all ranks on the root.
  ///
  /// Every rank must call this. See MPI 3.1, section 5.5.
  ///
  /// - Parameters:
  ///   - text: This rank's text.
  ///   - root: The rank that receives the texts.
  /// - Returns: `size` texts in the order of the ranks on the root, nil elsewhere.
  /// - Throws: `MPIError` if communication fails.
  public func gatherStrings(_ text: String, root: Int = 0) throws(MPIError) -> [String]? {
    try gather(Array(text.utf8), root: root)?.map { String(decoding: $0, as: UTF8.self) }
  }
}
