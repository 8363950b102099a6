public import RunConfiguration

/// What ranks exchange in a step.
public struct GradientTraffic: Sendable, Equatable {
  /// Who updates what: with parts, weights are gathered after the update.
  public var mode = DataParallelSettings.Mode.allReduce
  /// The bytes of a gradient on the wire.
  public var bytesPerGradient = 4.0
  /// The number of steps from one exchange to the next; if more than 1, weights travel as gradients
  /// do, and both moments of Adam in 32 bits.
  public var localSteps = 1
  /// Whether gradients leave while the program still runs.
  public var overlaps = true
  /// The number of small reductions of a step: losses, and a norm or statistics of the batch.
  public var smallReductions = 1
  /// Bytes of each of them.
  public var smallBytes = 80.0

  /// The traffic of a plain data-parallel step.
  public init() {}

  static let bytesPerWeight = 4.0

  // What is exchanged for each weight at the end of a round of local steps.
  var bytesOfRound: Double { bytesPerGradient + 2 * Self.bytesPerWeight }
}

extension GradientTraffic {
  /// The traffic of a run.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - smallReductions: The number of small reductions of a step.
  public init(_ settings: RunSettings, smallReductions: Int) {
    self.init()
    bytesPerGradient = settings.communication.transport == .bfloat16 ? 2 : 4
    mode = settings.dataParallel.mode
    localSteps = settings.dataParallel.localSteps
    self.smallReductions = smallReductions
  }
}
