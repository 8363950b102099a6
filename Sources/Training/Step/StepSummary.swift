/// What one step did, equal on all ranks.
public struct StepSummary: Sendable {
  /// One term of the loss.
  public struct Term: Sendable {
    /// Its name, as in events.
    public var name: String
    /// Its mean over the global batch, without its factor in the loss; nil if the step left it out.
    public var value: Double?
  }

  /// The number of steps done.
  public var step = 0
  /// The number of examples seen.
  public var examples = 0
  /// The mean of the loss over the global batch: the terms that are known times their factors.
  public var loss = 0.0
  /// The terms of the run's objective, in its order.
  public var terms: [Term] = []
  /// The global norm of the mean gradient before clipping; with local steps the root mean square of
  /// the norms of the ranks' own gradients.
  public var gradientNorm = 0.0
  /// The learning rate of the update.
  public var learningRate = 0.0
  /// Seconds of the step before communication, the mean over ranks.
  public var computeSeconds = 0.0
  /// The terms that were not finite, for which the update was skipped.
  public var nonfiniteTerms: [String] = []
  /// Whether some rank asked to stop because of a signal.
  public var isStopRequested = false
  /// Whether rank 0's time is up.
  public var isTimeUp = false
  /// Whether every rank has written its shard of the checkpoint under way.
  public var isCheckpointWritten = false
  /// Whether all ranks have the same state now; between the local steps of a round they do not.
  public var isStateCommon = true
  /// Bytes of gradients, weights and moments that this rank has handed to MPI.
  public var exchangedBytes = 0

  /// The value of a term; nil if the step left it out or the objective lacks it.
  public subscript(name: String) -> Double? { terms.first { $0.name == name }?.value }
}
