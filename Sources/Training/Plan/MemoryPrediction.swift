import Networks
public import RunConfiguration

/// The memory of ranks by what the program knows of its buffers.
///
/// Code, libraries and the allocator's reserves (about 100 MiB of a rank) come on top, and the data
/// set, which each rank holds.
public struct MemoryPrediction: Codable, Sendable, Equatable {
  /// Bytes of weights, gradients, moments and average of a rank.
  public let stateBytes: Int
  /// Bytes of gradients that replicas and passes have of their own.
  public let partialGradientBytes: Int
  /// Bytes of intermediate tensors and scratch of all replicas.
  public let workBytes: Int
  /// Bytes of messages under way.
  public let messageBytes: Int
  /// The number of ranks of a host.
  public let ranksPerHost: Int

  /// Bytes of a rank.
  public let rankBytes: Int
  /// Bytes of all ranks of a host.
  public let hostBytes: Int

  enum CodingKeys: String, CodingKey {
    case stateBytes = "state_bytes"
    case partialGradientBytes = "partial_gradient_bytes"
    case workBytes = "work_bytes"
    case messageBytes = "message_bytes"
    case ranksPerHost = "ranks_per_host"
    case rankBytes = "rank_bytes"
    case hostBytes = "host_bytes"
  }

  /// Compiles the program of a step and adds up what it and the optimizer need.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - shape: The ranks.
  /// - Throws: `ConfigurationError`, `NetworkError`, an error of a numerical library.
  public init(_ settings: RunSettings, on shape: ClusterShape) throws {
    let plan = try RunPlan(settings, ranks: shape.ranks)
    stateBytes = plan.stateBytes
    partialGradientBytes = plan.partialGradientBytes
    workBytes = plan.estimatedWorkBytes
    ranksPerHost = shape.ranksPerHost
    // Open MPI keeps a copy of each bucket that is under way.
    let bucket = Int(settings.communication.bucketMegabytes * 1_048_576)
    let copies = settings.communication.transport == .bfloat16 ? plan.gradientBytes / 2 : 0
    let underWay = min(plan.gradientBytes, GradientReducer.bucketsUnderWay * bucket)
    messageBytes = shape.ranks == 1 ? 0 : underWay + copies
    rankBytes = stateBytes + partialGradientBytes + workBytes + messageBytes
    hostBytes = ranksPerHost * rankBytes
  }
}
