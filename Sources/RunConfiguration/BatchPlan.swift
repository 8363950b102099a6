/// How a global batch is split over ranks, over replicas of a rank and over passes of a replica.
public struct BatchPlan: Sendable, Equatable {
  /// The largest micro-batch that is derived where the settings name none.
  public static let defaultLargestMicroBatch = 32

  /// The number of examples in one optimizer step over all ranks.
  public let globalBatch: Int
  /// The number of ranks.
  public let ranks: Int
  /// The number of replicas of a rank, threads that work at the same time.
  public let replicas: Int
  /// The number of examples a replica differentiates at once.
  public let microBatch: Int

  /// The number of examples of one rank in one optimizer step.
  public var perRank: Int { globalBatch / ranks }
  /// The number of examples of one replica in one optimizer step.
  public var perReplica: Int { perRank / replicas }
  /// The number of passes of one replica whose gradients are added up.
  public var accumulation: Int { perReplica / microBatch }

  /// Splits a global batch evenly.
  ///
  /// - Parameters:
  ///   - globalBatch: The number of examples in one optimizer step over all ranks.
  ///   - ranks: The number of ranks.
  ///   - replicas: The number of replicas of a rank.
  ///   - microBatch: The number of examples a replica differentiates at once; nil takes the largest
  ///     divisor of the replica's share that is at most `largest`.
  ///   - largest: The bound on a derived micro-batch.
  /// - Throws: A `ConfigurationError` where ranks stay without examples or the batch does not divide.
  public init(
    globalBatch: Int, ranks: Int, replicas: Int = 1, microBatch: Int? = nil,
    largest: Int = BatchPlan.defaultLargestMicroBatch
  ) throws(ConfigurationError) {
    precondition(
      globalBatch > 0 && ranks > 0 && replicas > 0 && largest > 0, "counts must be positive")
    guard ranks <= globalBatch else {
      throw ConfigurationError(
        .tooManyRanks, key: "training.global_batch", found: "\(globalBatch) for \(ranks) ranks",
        expected: "at least one example for each rank")
    }
    guard globalBatch.isMultiple(of: ranks) else {
      throw ConfigurationError(
        .indivisibleBatch, key: "training.global_batch", found: "\(globalBatch)",
        expected: "a multiple of the number of ranks, \(ranks)",
        suggestion: "\((globalBatch + ranks / 2) / ranks * ranks)")
    }
    let perRank = globalBatch / ranks
    guard perRank.isMultiple(of: replicas) else {
      throw ConfigurationError(
        .indivisibleBatch, key: "numerics.replicas", found: "\(replicas)",
        expected: "a divisor of the batch of one rank, \(globalBatch) / \(ranks) = \(perRank)",
        suggestion: "\(Self.largestDivisor(of: perRank, atMost: replicas))")
    }
    let share = perRank / replicas
    if let microBatch, microBatch < 1 || !share.isMultiple(of: microBatch) {
      let owner = replicas == 1 ? "rank" : "replica"
      let division = replicas == 1 ? "\(ranks)" : "\(ranks) / \(replicas)"
      throw ConfigurationError(
        .indivisibleBatch, key: "training.micro_batch", found: "\(microBatch)",
        expected: "a divisor of the batch of one \(owner), \(globalBatch) / \(division) = \(share)",
        suggestion: "\(Self.largestDivisor(of: share, atMost: max(1, microBatch)))")
    }
    self.globalBatch = globalBatch
    self.ranks = ranks
    self.replicas = replicas
    self.microBatch = microBatch ?? Self.largestDivisor(of: share, atMost: largest)
  }

  private static func largestDivisor(of number: Int, atMost bound: Int) -> Int {
    (1...min(number, bound)).last(where: number.isMultiple(of:)) ?? 1
  }
}

extension RunSettings {
  /// The split of the global batch over a number of ranks and their replicas.
  ///
  /// - Parameters:
  ///   - ranks: The number of ranks.
  ///   - largest: The bound on the micro-batch where the settings name none.
  /// - Returns: The split, the same on every rank.
  /// - Throws: A `ConfigurationError` where ranks stay without examples or the batch does not divide.
  public func batchPlan(
    ranks: Int, largestMicroBatch largest: Int
  ) throws(ConfigurationError) -> BatchPlan {
    try BatchPlan(
      globalBatch: training.globalBatch, ranks: ranks, replicas: numerics.replicas,
      microBatch: training.microBatch, largest: largest)
  }
}
