/// What a checkpoint holds beside the flat buffers: how far the run is, and how it was set up.
public struct TrainingProgress: Sendable, Equatable {
  /// The number of optimizer steps done.
  public var step: Int

  /// The number of training examples seen.
  public var examples: Int

  /// The seed from which all randomness of the run follows.
  public var seed: UInt64

  /// Further whole numbers of the state, such as the number of averaged updates.
  public var counters: [String: Int64]

  /// Texts such as the configuration and the version of the program.
  public var notes: [String: String]

  /// Describes a moment of a run.
  ///
  /// - Parameters:
  ///   - step: The number of optimizer steps done.
  ///   - examples: The number of training examples seen.
  ///   - seed: The seed of the run.
  ///   - counters: Further whole numbers of the state.
  ///   - notes: Texts such as the configuration.
  public init(
    step: Int, examples: Int, seed: UInt64, counters: [String: Int64] = [:],
    notes: [String: String] = [:]
  ) {
    self.step = step
    self.examples = examples
    self.seed = seed
    self.counters = counters
    self.notes = notes
  }
}
