import Autodiff
import Execution
import Foundation
public import MPI
import Networks
public import RunConfiguration
import Scores
import Telemetry

/// Measures whole training steps: noise, objective, gradients, reduction, clipping, Adam, average.
public struct StepBenchmark {
  /// The step that is measured.
  public var workload: BenchmarkWorkload
  /// What is minimized.
  public var objective = BenchmarkWorkload.Objective.quasiConservative
  /// The number of steps before the measurement, at least; see `every`.
  public var warmup = 3
  /// The number of steps that are measured, at least; see `every`.
  public var steps = 20
  /// The number of steps from one with the penalty to the next; both numbers of steps are rounded
  /// up to a multiple.
  public var every = 1
  /// The part of each micro-batch that has the penalty.
  public var fraction = 1.0
  /// The number of examples of one rank; nil for the workload's.
  public var batch: Int?
  /// The number of replicas of a rank, which share its examples.
  public var replicas = 1
  /// Whether gradients are reduced while the program still runs.
  public var overlaps = true
  /// Whether the parts of the compiled program are timed too, and the machine's peak is measured.
  public var isProfiled = false
  /// Whether the measured steps are recorded for a trace viewer.
  public var isTraced = false

  // Batches that differ, so that nothing can be known from the step before.
  private static let distinctBatches = 8

  /// A measurement of a workload, with defaults for the rest.
  public init(_ workload: BenchmarkWorkload) {
    self.workload = workload
  }

  /// Runs the steps; every rank must call this.
  ///
  /// - Parameter communicator: The ranks.
  /// - Returns: The times of this rank.
  /// - Throws: `ConfigurationError` if the fraction is less than one example or the examples do not
  ///   divide over the replicas,
  ///   `TrainingError.diverged`, `NetworkError`, `MPIError`, an error of a numerical library.
  public func run(over communicator: Communicator) throws -> BenchmarkResult {
    precondition(steps > 0 && warmup >= 0, "\(steps) steps after \(warmup)")
    let loadBefore = Self.load
    let begin = ContinuousClock.now
    let share = batch ?? workload.batch
    let settings = settings(ranks: communicator.size)
    let model = try workload.model(settings)
    let state = TrainingState(model.network.parameters, seed: settings.seed)
    let shape = model.network.exampleShape
    let count = Self.distinctBatches * settings.training.globalBatch
    try TrainingError.ifMemoryLacks("--batch", "examples") { () throws(MemoryShortage) in
      try MemoryShortage.refuse(bytes: count * shape.count * MemoryLayout<Float>.stride)
    }
    let examples = RandomExamples(count: count, shape: shape.dimensions, seed: settings.seed)
    let step = try DataParallelStep(
      settings, model: model, dataset: examples, state: state, over: communicator)
    for _ in 0..<warmup.roundedUp(toMultipleOf: every) { _ = try step() }
    let preparation = ContinuousClock.now - begin

    let peak = isProfiled ? try ConvolutionPeak(settings.compileOptions) : nil
    let times = try measureSteps(step, over: communicator)
    var result = BenchmarkResult(
      workload: workload, objective: objective, penalty: settings.regularizer,
      plan: step.plan, times: times, preparation: preparation,
      parameters: state.layout.trainableCount, loadBefore: loadBefore, loadAfter: Self.load,
      convolutions: settings.compileOptions.convolutionLibrary, profile: step.profile)
    if let peak {
      let forward = ScoreProgram(model, batch: share).program.contractionOperations
      let passes = objective.forwardPasses(penaltyShare: fraction / Double(every))
      result.compare(operations: Int(Double(forward) * passes), with: peak)
    }
    result.trace = step.trace
    return result
  }

  private func measureSteps(
    _ step: DataParallelStep, over communicator: Communicator
  ) throws -> StepTimes {
    var times = StepTimes()
    if isProfiled { step.startProfiling() }
    if isTraced { step.trace = try .aligned(over: communicator) }
    for _ in 0..<steps.roundedUp(toMultipleOf: every) {
      if communicator.size > 1 {
        try step.trace.measure("barrier", on: .communication) { try communicator.barrier() }
      }
      try times.measure { try step() }
    }
    return times
  }

  /// The settings of the steps.
  ///
  /// - Parameter ranks: The number of ranks.
  /// - Returns: The settings of the workload, with the penalty as asked for.
  public func settings(ranks: Int) -> RunSettings {
    var settings = workload.settings(
      objective, globalBatch: (batch ?? workload.batch) * ranks)
    settings.numerics.replicas = replicas
    settings.communication.overlap = overlaps
    settings.regularizer.every = every
    settings.regularizer.fraction = fraction
    return settings
  }

  /// The mean number of processes that want to run, over the last minute.
  private static var load: Double {
    var averages = [0.0]
    return getloadavg(&averages, 1) == 1 ? averages[0] : .nan
  }
}

extension Int {
  fileprivate func roundedUp(toMultipleOf factor: Int) -> Int {
    (self + factor - 1) / factor * factor
  }
}

/// Wall and processor time of each step, and what the last one did.
struct StepTimes {
  private(set) var wall: [Double] = []
  private(set) var processor: [Double] = []
  private(set) var last = StepSummary()
  /// The penalty of the last step that had it.
  private(set) var lastPenalty = 0.0

  mutating func measure(_ step: () throws -> StepSummary) rethrows {
    let (wallStart, processorStart) = (ContinuousClock.now, Self.processorSeconds)
    last = try step()
    lastPenalty = last[LossTerm.regularizer] ?? lastPenalty
    wall.append((ContinuousClock.now - wallStart) / .seconds(1))
    processor.append(Self.processorSeconds - processorStart)
  }

  /// Seconds that all threads of the process have run.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
