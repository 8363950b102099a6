/// What one step did, equal on all ranks.
public struct StepSummary: Sendable {
  /// The number of steps done.
  public var step = 0
  /// The number of examples seen.
  public var examples = 0
  /// The mean of the loss over the global batch, with lambda times the penalty where it is known.
  public var loss = 0.0
  /// The mean of the denoising loss.
  public var denoising = 0.0
  /// The mean of the penalty, without lambda; 0 in a run without it, nil if the step left it out.
  public var penalty: Double? = 0
  /// The global norm of the mean gradient before clipping.
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
}
