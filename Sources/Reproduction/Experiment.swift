/// A result of a paper that can be computed again on a CPU.
public protocol Experiment: Sendable {
  /// The name on the command line, such as `qcsbm-2d`.
  static var name: String { get }

  /// What it computes and where it is published, in one line.
  static var summary: String { get }

  /// Describes the experiment at full or reduced length.
  init(_ options: ExperimentOptions)

  /// Computes everything; every rank must call this, and all get the same numbers.
  ///
  /// Work that takes more than seconds is done in stages of the context, so that an interrupted
  /// experiment goes on where it stopped.
  ///
  /// - Parameter context: The ranks, the folder and the stages.
  /// - Returns: The tables and figures; only rank 0's is used.
  /// - Throws: What the work throws.
  func run(in context: ExperimentContext) throws -> ExperimentReport
}

/// How long an experiment runs.
public struct ExperimentOptions: Sendable, Hashable, Codable {
  /// The number of seeds; nil for the experiment's own.
  public var seeds: Int?
  /// Whether everything is cut down to what a test can wait for.
  ///
  /// Then no figure claims to agree with a published one.
  public var isQuick: Bool

  /// Chooses a length.
  public init(seeds: Int? = nil, isQuick: Bool = false) {
    self.seeds = seeds
    self.isQuick = isQuick
  }
}
