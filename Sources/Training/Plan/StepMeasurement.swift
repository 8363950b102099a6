import Autodiff
import Datasets
import Execution
public import MPI
import Networks
public import RunConfiguration
import Scores

/// Measures the training step of a rank that communicates with nobody, on random data.
///
/// Started on several ranks, each measures for itself at the same time, so that the times are those of
/// ranks that share caches and memory of a host.
public struct StepMeasurement {
  /// The number of steps before those that are measured.
  public var warmup = 2
  /// The number of steps of each kind that are measured.
  public var steps = 5

  // Batches that differ, so that nothing can be known from the step before.
  private static let distinctBatches = 4

  private let settings: RunSettings
  private let gradientsEarly: Bool

  /// A measurement of a run.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - plan: The split of its global batch.
  public init(_ settings: RunSettings, plan: BatchPlan) {
    self.settings = settings
    gradientsEarly = settings.computesGradientsEarly(in: plan)
  }

  /// Makes steps; every rank must call this.
  ///
  /// - Parameters:
  ///   - examples: The number of examples of a rank in a step.
  ///   - microBatch: The number of examples that are differentiated at once; nil derives it.
  ///   - world: The ranks that measure at the same time.
  /// - Returns: The kinds of steps, with times of the slowest rank; the same on all ranks.
  /// - Throws: `ConfigurationError` if the examples do not divide, `TrainingError`, `NetworkError`,
  ///   `MPIError`, an error of a numerical library.
  public func timelines(
    examples: Int, microBatch: Int?, over world: Communicator
  ) throws -> [StepTimeline] {
    let alone = try world.split(color: world.rank)
    defer { try? alone.free() }
    // What is fastest is measured by one rank and known to the others.
    if world.rank != 0 { try world.barrier() }
    let step = try makeStep(examples: examples, microBatch: microBatch, over: alone)
    if world.rank == 0 { try world.barrier() }
    for _ in 0..<warmup { _ = try step() }
    let recorder = TimelineRecorder()
    recorder.observe(step.programs.main)
    let every = settings.trainingObjective.schedule.interval
    // Steps of both kinds have come along once their number is a multiple of the interval.
    let cycle = every > 1 ? max(2, every) : 1
    var kinds: [Bool: [StepTimeline]] = [:]
    for number in 0..<steps * cycle {
      let program = step.programs[warmup + number + 1]
      let isMain = program === step.programs.main
      if !isMain { recorder.observe(program) }
      try world.barrier()
      let own = try recorder.record(program) { _ = try step() }
      kinds[isMain, default: []].append(try own.ofSlowestRank(over: world))
    }
    let count = Double(steps * cycle)
    return kinds.sorted { $0.key && !$1.key }.map { _, timelines in
      var median = timelines.sorted { $0.seconds < $1.seconds }[timelines.count / 2]
      median.share = Double(timelines.count) / count
      return median
    }
  }

  private func makeStep(
    examples: Int, microBatch: Int?, over alone: Communicator
  ) throws -> DataParallelStep {
    var settings = settings
    settings.training.globalBatch = examples
    settings.training.microBatch = microBatch
    // One rank has nothing to share.
    settings.dataParallel = DataParallelSettings()
    let network = try settings.trainingSubject().network
    let data = RandomExamples(
      count: Self.distinctBatches * examples, shape: network.exampleShape.dimensions,
      classes: settings.classifier.isTrained ? settings.dataset.classes : 0, seed: settings.seed)
    return try DataParallelStep(
      settings, dataset: data, state: TrainingState(network.parameters, seed: settings.seed),
      gradientsEarly: gradientsEarly, over: alone)
  }
}

extension StepTimeline {
  /// The latest of each time over all ranks; every rank must call this.
  fileprivate func ofSlowestRank(over world: Communicator) throws(MPIError) -> StepTimeline {
    var times = [seconds, programEnd, pollingInterval] + buckets.map(\.ready)
    try world.allReduce(&times, by: .maximum)
    var slowest = self
    (slowest.seconds, slowest.programEnd, slowest.pollingInterval) = (times[0], times[1], times[2])
    for index in buckets.indices { slowest.buckets[index].ready = times[3 + index] }
    return slowest
  }
}
