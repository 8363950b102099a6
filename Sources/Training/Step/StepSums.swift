import MPI
import Scores

/// The numbers that all ranks add up in one small reduction at each step.
struct StepSums {
  var terms = LossTerms()
  var squaredNorm = 0.0
  var stopRequests = 0.0
  var timesUp = 0.0
  var shardsWritten = 0.0
  var seconds = 0.0

  /// Leaves the sums over all ranks; every rank must call this.
  ///
  /// - Parameters:
  ///   - known: The terms of the loss, in the same order on all ranks.
  ///   - communicator: The ranks.
  /// - Throws: `MPIError`.
  mutating func reduce(
    _ known: [LossTerm], over communicator: Communicator
  ) throws(MPIError) {
    var values =
      [squaredNorm, stopRequests, timesUp, shardsWritten, seconds] + known.map { terms[$0.name] }
    try communicator.allReduce(&values, by: .sum)
    (squaredNorm, seconds) = (values[0], values[4])
    (stopRequests, timesUp, shardsWritten) = (values[1], values[2], values[3])
    for (index, term) in known.enumerated() { terms[term.name] = values[5 + index] }
    if !terms.statistics.isEmpty { try communicator.allReduce(&terms.statistics, by: .sum) }
  }
}
