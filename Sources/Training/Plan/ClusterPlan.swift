public import RunConfiguration

/// What a run will need on a cluster, and how it scales up to it.
public struct ClusterPlan: Encodable, Sendable {
  /// Predictions for rising numbers of ranks.
  public struct Series: Encodable, Sendable {
    /// Whether the batch of a rank stays (weak) or that of all ranks (strong).
    public let scaling: String
    /// The predictions; numbers of ranks that do not divide the batch are left out.
    public let steps: [StepPrediction]
  }

  /// The name of the run.
  public let name: String
  /// The step on all ranks.
  public let step: StepPrediction
  /// The step of one rank alone.
  public let single: SingleRankStep
  /// The memory of ranks and hosts.
  public let memory: MemoryPrediction
  /// How the step scales.
  public let series: [Series]

  /// Predicts a run.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - shape: The cluster; its ranks must divide the global batch.
  ///   - single: What a rank's share of the global batch takes without other ranks.
  ///   - memory: The memory of ranks.
  /// - Throws: `ConfigurationError` if the batch does not divide.
  public init(
    _ settings: RunSettings, on shape: ClusterShape, single: SingleRankStep,
    memory: MemoryPrediction
  ) throws {
    name = settings.name
    self.memory = memory
    self.single = single
    let batch = try settings.batchPlan(ranks: shape.ranks)
    let predict = StepPredictor(single, traffic: settings.gradientTraffic(of: batch))
    let share = batch.perRank
    func prediction(ranks: Int, share: Int, alone: Int) -> StepPrediction {
      let one = predict(on: shape.with(ranks: 1, ranksPerHost: 1), batchPerRank: alone)
      var step = predict(
        on: shape.with(ranks: ranks, ranksPerHost: shape.ranksPerHost), batchPerRank: share)
      step.efficiency = step.imagesPerSecond / one.imagesPerSecond / Double(ranks)
      return step
    }
    let counts = Self.counts(upTo: shape.ranks)
    let weak = counts.map { prediction(ranks: $0, share: share, alone: share) }
    let global = settings.training.globalBatch
    let strong = counts.filter { global.isMultiple(of: $0 * settings.numerics.replicas) }
      .map { prediction(ranks: $0, share: global / $0, alone: global) }
    series = [Series(scaling: "weak", steps: weak), Series(scaling: "strong", steps: strong)]
    step = weak[weak.count - 1]
  }

  /// Powers of two below a number, and the number.
  static func counts(upTo ranks: Int) -> [Int] {
    Array(sequence(first: 1) { $0 * 2 }.prefix { $0 < ranks }) + [ranks]
  }
}

extension RunSettings {
  /// What ranks exchange in a step of the run.
  ///
  /// - Parameter plan: The split of the global batch.
  /// - Returns: The traffic.
  public func gradientTraffic(of plan: BatchPlan) -> GradientTraffic {
    let hasNorm = regularizer.kind == .fokkerPlanck && regularizer.scalarWeight > 0
    let hasStatistics = classifier.isTrained && model.kind.isResidualClassifier
    var traffic = GradientTraffic(
      self, smallReductions: 1 + (hasNorm ? 1 : 0) + (hasStatistics ? 1 : 0))
    traffic.overlaps = reducesBesideProgram(in: plan)
    return traffic
  }
}
