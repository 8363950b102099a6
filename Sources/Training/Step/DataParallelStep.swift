import CVectorKernels
public import Datasets
public import Execution
public import MPI
public import Networks
public import RunConfiguration
public import Telemetry

/// One optimizer step on a global batch that is spread over all ranks.
///
/// Every rank differentiates its share, gradients are added up over MPI, and all ranks make the
/// same update of their copy of the state.
public final class DataParallelStep {
  /// The split of the global batch.
  public let plan: BatchPlan
  /// Bytes of intermediate tensors and scratch of the compiled programs.
  public var workBytes: Int { programs.workBytes }

  /// The algorithms of the programs' convolutions, the same on all ranks.
  public let convolutions: ConvolutionChoices

  /// Where the work of steps is recorded, nil for nowhere.
  public var trace: TraceRecorder? {
    didSet { (programs.trace, reducer.trace) = (trace, trace) }
  }

  private let settings: RunSettings
  private let state: TrainingState
  private let communicator: Communicator
  private let optimizer: Optimizer
  private let reducer: GradientReducer
  private let programs: StepPrograms
  private var feeder: BatchFeeder

  /// Compiles the step; every rank must call this.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - model: The model that is trained; nil for the one of the settings.
  ///   - dataset: The training examples.
  ///   - state: The state that steps change.
  ///   - known: Algorithms that are known already; the others are measured on rank 0.
  ///   - communicator: The ranks of the run.
  /// - Throws: `ConfigurationError`, `MPIError`, an error of a numerical library or of settings
  ///   that do not fit.
  public init(
    _ settings: RunSettings, model: ScoreModel? = nil, dataset: any Dataset,
    state: TrainingState, convolutions known: ConvolutionChoices = ConvolutionChoices(),
    over communicator: Communicator
  ) throws {
    self.settings = settings
    self.state = state
    self.communicator = communicator
    plan = try settings.batchPlan(ranks: communicator.size)
    optimizer = Optimizer(settings.optimizer, averaging: settings.ema)
    feeder = try BatchFeeder(dataset, settings: settings)
    var choices = known
    programs = try StepPrograms(
      settings, model: model ?? settings.scoreModel(), plan: plan, state: state
    ) { program in
      if settings.measuresConvolutions { try choices.measure(program, over: communicator) }
      return settings.compileOptions(choices)
    }
    convolutions = choices
    reducer = try GradientReducer(
      communicator, count: state.layout.trainableExtent, settings: settings.communication)
    programs.postGradientsEarly(with: reducer)
  }

  /// Measures the time of each kind of the programs' kernels from now on.
  public func startProfiling() { programs.startProfiling() }

  /// Times by kind of kernel since `startProfiling`, an entry for each program that has it.
  public var profile: [ProfileEntry] { programs.profile }

  /// Makes one step; every rank must call this.
  ///
  /// A step whose loss or gradient is not finite leaves weights, moments and average untouched.
  ///
  /// - Parameters:
  ///   - isStopRequested: Whether this rank wants to stop after the step.
  ///   - isTimeUp: Whether this rank finds the time of the run used up; rank 0's word counts.
  ///   - isShardWritten: Whether this rank has written its shard of a checkpoint under way.
  /// - Returns: What the step did.
  /// - Throws: `TrainingError.diverged` on all ranks, `MPIError`, an error of a numerical library.
  public func callAsFunction(
    isStopRequested: Bool = false, isTimeUp: Bool = false, isShardWritten: Bool = false
  ) throws -> StepSummary {
    let number = state.counters.step + 1
    let program = programs[number]
    return try trace.measure(
      "step", on: .compute, details: [("step", .integer(number))]
    ) {
      var sums = try differentiate(by: program)
      try reducer.finish(state.gradients.values)
      sums.squaredNorm = trace.measure("gradient norm", on: .compute) { squaredNormOfOwnPart() }
      sums.stopRequests = isStopRequested ? 1 : 0
      sums.timesUp = isTimeUp && communicator.rank == 0 ? 1 : 0
      sums.shardsWritten = isShardWritten ? 1 : 0
      try trace.measure("all-reduce of sums", on: .communication) {
        try sums.reduce(over: communicator)
      }
      return try update(by: sums, penaltyStrength: program.penaltyStrength)
    }
  }

  // Leaves the sum of the gradients of this rank's share in the state.
  private func differentiate(by program: GradientProgram) throws -> StepSums {
    var sums = StepSums()
    let start = ContinuousClock.now
    reducer.begin(program.bucketOrder)
    for pass in 0..<plan.accumulation {
      let start = communicator.rank * plan.perRank + pass * plan.microBatch
      trace.measure("feed batch", on: .inputOutput) {
        feeder.fill(program.batch, step: state.counters.step, startingAt: start)
      }
      let terms = try trace.measure("program", on: .compute) {
        try program.run(isFirst: pass == 0) { steps in
          try reducer.advance(state.gradients.values, afterSteps: steps)
        }
      }
      sums.denoising += terms.denoising
      sums.penalty += terms.penalty
    }
    sums.seconds = (ContinuousClock.now - start) / .seconds(1)
    return sums
  }

  // Each rank looks at a part of the reduced gradients; the sum over ranks is one number for all,
  // so that copies of the weights cannot drift apart.
  private func squaredNormOfOwnPart() -> Double {
    let range = state.layout.trainableExtent.share(of: communicator.rank, among: communicator.size)
    return hk_sum_squares(state.gradients[range].baseAddress, range.count)
  }

  private func update(
    by sums: StepSums, penaltyStrength: Double?
  ) throws(TrainingError) -> StepSummary {
    var summary = StepSummary()
    let batch = Double(plan.globalBatch)
    summary.denoising = sums.denoising / batch
    summary.loss = summary.denoising
    if let penaltyStrength {
      let penalty = sums.penalty / batch
      summary.penalty = penalty
      summary.loss += penaltyStrength * penalty
    } else {
      summary.penalty = settings.regularizer.kind == .none ? 0 : nil
    }
    summary.gradientNorm = sums.squaredNorm.squareRoot()
    summary.learningRate = optimizer.learningRate(afterSteps: state.counters.step)
    summary.computeSeconds = sums.seconds / Double(plan.ranks)
    summary.isStopRequested = sums.stopRequests > 0
    summary.isTimeUp = sums.timesUp > 0
    summary.isCheckpointWritten = sums.shardsWritten == Double(communicator.size)
    summary.nonfiniteTerms = [
      ("dsm", summary.denoising), ("regularizer", summary.penalty ?? 0),
      ("gradient", summary.gradientNorm),
    ].filter { !$0.1.isFinite }.map(\.0)
    if summary.nonfiniteTerms.isEmpty {
      trace.measure("optimizer", on: .compute) {
        optimizer.update(state, gradientNorm: summary.gradientNorm)
      }
      state.counters.consecutiveNonfinite = 0
    } else {
      state.counters.consecutiveNonfinite += 1
    }
    state.counters.step += 1
    state.counters.examples += plan.globalBatch
    summary.step = state.counters.step
    summary.examples = state.counters.examples
    guard state.counters.consecutiveNonfinite <= settings.training.nonfiniteLimit else {
      throw .diverged(
        step: summary.step, terms: summary.nonfiniteTerms, limit: settings.training.nonfiniteLimit)
    }
    return summary
  }
}

/// The numbers that all ranks add up in one small reduction.
private struct StepSums {
  var denoising = 0.0
  var penalty = 0.0
  var squaredNorm = 0.0
  var stopRequests = 0.0
  var timesUp = 0.0
  var shardsWritten = 0.0
  var seconds = 0.0

  mutating func reduce(over communicator: Communicator) throws(MPIError) {
    var values = [
      denoising, penalty, squaredNorm, stopRequests, timesUp, shardsWritten, seconds,
    ]
    try communicator.allReduce(&values, by: .sum)
    (denoising, penalty, squaredNorm) = (values[0], values[1], values[2])
    (stopRequests, timesUp, shardsWritten) = (values[3], values[4], values[5])
    seconds = values[6]
  }
}

extension Int {
  /// The part of `0..<self` that falls to a rank, in multiples of the alignment of tensors.
  fileprivate func share(of rank: Int, among ranks: Int) -> Range<Int> {
    let blocks = self / ParameterLayout.alignment
    return blocks * rank / ranks * ParameterLayout.alignment..<blocks * (rank + 1) / ranks
      * ParameterLayout.alignment
  }
}
