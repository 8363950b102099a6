public import Checkpoints

/// How far a training state is, in whole numbers.
public struct TrainingCounters: Sendable, Equatable {
  /// Steps done, those included that were skipped because of numbers that were not finite.
  public var step = 0
  /// Training examples seen.
  public var examples = 0
  /// Updates that the moments of Adam have seen, which its bias correction counts.
  public var optimizerUpdates = 0
  /// Updates that the average has seen, on which its ramp depends.
  public var averageUpdates = 0
  /// Steps skipped in a row up to now.
  public var consecutiveNonfinite = 0

  /// Nothing done.
  public init() {}

  /// The counters in the form of a checkpoint.
  ///
  /// - Parameters:
  ///   - seed: The seed of the run.
  ///   - notes: Texts such as the configuration.
  /// - Returns: What a checkpoint tells about the state.
  public func progress(seed: UInt64, notes: [String: String] = [:]) -> TrainingProgress {
    TrainingProgress(
      step: step, examples: examples, seed: seed,
      counters: [
        "adam.updates": Int64(optimizerUpdates), "ema.updates": Int64(averageUpdates),
        "nonfinite.consecutive": Int64(consecutiveNonfinite),
      ], notes: notes)
  }

  /// Reads the counters of a checkpoint; those it lacks are zero.
  public init(_ progress: TrainingProgress) {
    step = progress.step
    examples = progress.examples
    optimizerUpdates = Int(progress.counters["adam.updates"] ?? 0)
    averageUpdates = Int(progress.counters["ema.updates"] ?? 0)
    consecutiveNonfinite = Int(progress.counters["nonfinite.consecutive"] ?? 0)
  }
}
