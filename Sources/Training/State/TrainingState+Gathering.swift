public import MPI

extension TrainingState {
  /// The average of all weights, whichever rank holds them; every rank must call this.
  ///
  /// - Parameter communicator: The ranks of the run.
  /// - Returns: The state's own buffer if it is whole, otherwise a copy.
  /// - Throws: `MPIError`.
  public func wholeAverage(over communicator: Communicator) throws(MPIError) -> FlatBuffer {
    guard share.isSharded else { return average }
    let whole = FlatBuffer(count: layout.extent)
    _ = whole[average.range].update(fromContentsOf: average.values)
    try communicator.allGatherV(
      inPlace: whole.values,
      counts: (0..<communicator.size).map { layout.ownedPart($0, of: communicator.size).count })
    return whole
  }
}
