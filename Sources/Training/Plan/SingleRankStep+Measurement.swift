public import MPI
public import RunConfiguration

extension SingleRankStep {
  /// Measures a rank's share of the global batch, and a smaller share if there is one; every rank
  /// must call this.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - plan: The split of the global batch.
  ///   - steps: The number of steps of each kind that are measured.
  ///   - world: The ranks that measure at the same time, as if they were ranks of one host.
  /// - Returns: The step of the slowest rank.
  /// - Throws: What ``StepMeasurement/timelines(examples:microBatch:over:)`` throws.
  public static func measured(
    _ settings: RunSettings, plan: BatchPlan, steps: Int, over world: Communicator
  ) throws -> SingleRankStep {
    var measurement = StepMeasurement(settings, plan: plan)
    measurement.steps = steps
    let timelines = try measurement.timelines(
      examples: plan.perRank, microBatch: plan.microBatch, over: world)
    var step = SingleRankStep(timelines, examples: plan.perRank)
    if let smaller = settings.smallerShare(than: plan) {
      let other = SingleRankStep(
        try measurement.timelines(
          examples: smaller.perRank, microBatch: smaller.microBatch, over: world),
        examples: smaller.perRank)
      step.calibrate(withSeconds: other.seconds, examples: other.examples)
    }
    return step
  }

  /// Takes the length of a step as known; every rank must call this.
  ///
  /// What is measured, on the fewest examples, is after which part of it gradients are complete.
  ///
  /// - Parameters:
  ///   - seconds: Seconds of a step with a rank's share of the global batch.
  ///   - settings: The settings of the run.
  ///   - plan: The split of the global batch.
  ///   - world: The ranks.
  /// - Returns: The step.
  /// - Throws: What ``StepMeasurement/timelines(examples:microBatch:over:)`` throws.
  public static func lasting(
    _ seconds: Double, _ settings: RunSettings, plan: BatchPlan, over world: Communicator
  ) throws -> SingleRankStep {
    let smallest = settings.smallestShare(of: plan)
    var measurement = StepMeasurement(settings, plan: plan)
    measurement.steps = 2
    let step = SingleRankStep(
      try measurement.timelines(
        examples: smallest.perRank, microBatch: smallest.microBatch, over: world),
      examples: plan.perRank)
    let factor = seconds / step.seconds
    return SingleRankStep(
      step.timelines.map { $0.scaled(by: factor) }, examples: plan.perRank)
  }
}

extension RunSettings {
  /// About half of a rank's share, which its programs can compute; nil if there is none.
  fileprivate func smallerShare(than plan: BatchPlan) -> BatchPlan? {
    guard plan.accumulation == 1 else {
      return share(microBatch: plan.microBatch, passes: plan.accumulation / 2)
    }
    return (1...max(1, plan.microBatch / 2)).reversed().lazy
      .filter { plan.microBatch.isMultiple(of: $0) && $0 < plan.microBatch }
      .compactMap { share(microBatch: $0, passes: 1) }.first
  }

  /// The fewest examples with programs like those of a rank's share.
  fileprivate func smallestShare(of plan: BatchPlan) -> BatchPlan {
    let passes = min(plan.accumulation, 2)
    return (1...plan.microBatch).lazy.filter { plan.microBatch.isMultiple(of: $0) }
      .compactMap { share(microBatch: $0, passes: passes) }.first ?? plan
  }

  private func share(microBatch: Int, passes: Int) -> BatchPlan? {
    var settings = self
    settings.training.globalBatch = microBatch * passes * numerics.replicas
    settings.training.microBatch = microBatch
    return try? settings.batchPlan(ranks: 1)
  }
}
