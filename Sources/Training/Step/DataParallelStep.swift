public import Datasets
public import Execution
public import MPI
public import Networks
public import RunConfiguration
import Scores
public import Telemetry

/// One optimizer step on a global batch that is spread over all ranks.
///
/// Every rank differentiates its share, with a thread for each of its replicas. A
/// `GradientExchange` makes one update of the gradients of all ranks.
public final class DataParallelStep {
  /// The split of the global batch.
  public let plan: BatchPlan
  /// Bytes of intermediate tensors and scratch of the compiled programs of the rank.
  public var workBytes: Int { replicas.workBytes }

  /// What computes the programs' convolutions and matrix products, the same on all ranks.
  public let kernels: KernelChoices

  /// Where the work of steps is recorded, nil for nowhere.
  public var trace: TraceRecorder? {
    didSet { (replicas.programs.trace, exchange.trace) = (trace, trace) }
  }

  /// The programs of the calling thread.
  var programs: StepPrograms { replicas.programs }

  private let settings: RunSettings
  private let state: TrainingState
  private let communicator: Communicator
  private let optimizer: Optimizer
  private let exchange: any GradientExchange
  private let replicas: ReplicaGroup
  private let loader: BatchLoader
  // Programs read its weights where they lie.
  private let frozen: FrozenScore?

  /// Compiles the step; every rank must call this.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - model: The model that is trained; nil for the one of the settings.
  ///   - dataset: The training examples.
  ///   - state: The state that steps change.
  ///   - known: Choices that are known already; the others are measured on rank 0.
  ///   - gradientsEarly: Whether programs compute gradients of large weights first; nil for what the
  ///     settings say of so many ranks.
  ///   - communicator: The ranks of the run.
  /// - Throws: `ConfigurationError`, `TrainingError.tooLittleMemory` on all ranks, `MPIError`, an
  ///   error of a numerical library, of settings that do not fit, or of the system if it refuses
  ///   a thread.
  public init(
    _ settings: RunSettings, model: ScoreModel? = nil, dataset: any Dataset,
    state: TrainingState, kernels known: KernelChoices = KernelChoices(),
    gradientsEarly: Bool? = nil, over communicator: Communicator
  ) throws {
    self.settings = settings
    self.state = state
    self.communicator = communicator
    let plan = try settings.batchPlan(ranks: communicator.size)
    self.plan = plan
    optimizer = Optimizer(settings.optimizer, averaging: settings.ema)
    let frozen = try FrozenScore.named(by: settings, over: communicator)
    self.frozen = frozen
    let subject =
      try model.map { .score($0, settings.trainingObjective) } ?? settings.trainingSubject()
    let programs = TrainingPrograms(
      subject, prior: frozen?.model, batch: plan.microBatch, globalBatch: plan.globalBatch)
    var options = settings.compileOptions
    options.gradientsEarly = gradientsEarly ?? settings.computesGradientsEarly(in: plan)
    try communicator.together { [options] in try programs.requireMemory(options, for: plan) }
    var choices = known
    for program in programs.all {
      try choices.measure(settings.openChoices, of: program, over: communicator)
    }
    kernels = choices
    options.choices = choices
    let replicas = try ReplicaGroup(count: plan.replicas, state: state) { [options] gradients in
      try StepPrograms(
        programs, state: state, gradients: gradients, frozen: frozen?.bindings ?? [:],
        accumulates: plan.accumulation > 1, options: options)
    }
    self.replicas = replicas
    loader = try BatchLoader(
      BatchFeeder(dataset, settings: settings), startingAt: communicator.rank * plan.perRank
    ) { replicas.programs.main.makeInputs(count: plan.perRank) }
    let exchange = try settings.gradientExchange(state, plan: plan, over: communicator)
    replicas.programs.all.forEach(exchange.prepare)
    self.exchange = exchange
  }

  /// Measures the time of each kind of the first replica's kernels from now on.
  public func startProfiling() { replicas.programs.startProfiling() }

  /// Times by kind of the first replica's kernels since `startProfiling`, an entry for each program
  /// that has it.
  public var profile: [ProfileEntry] { replicas.programs.profile }

  /// Makes one step; every rank must call this.
  ///
  /// A step whose loss or gradient is not finite leaves weights, moments and average untouched.
  ///
  /// - Parameters:
  ///   - isStopRequested: Whether this rank wants to stop after the step.
  ///   - isTimeUp: Whether this rank finds the time of the run used up; rank 0's word counts.
  ///   - isShardWritten: Whether this rank has written its shard of a checkpoint under way.
  ///   - isUpdateLeftOpen: Whether the next step may complete the update, on all ranks alike. Who
  ///     uses the state before that must call ``settle()``.
  /// - Returns: What the step did.
  /// - Throws: `TrainingError.diverged` on all ranks, `MPIError`, an error of a numerical library.
  public func callAsFunction(
    isStopRequested: Bool = false, isTimeUp: Bool = false, isShardWritten: Bool = false,
    isUpdateLeftOpen: Bool = false
  ) throws -> StepSummary {
    let number = state.counters.step + 1
    return try trace.measure(
      "step", on: .compute, details: [("step", .integer(number))]
    ) {
      var sums = try differentiate(step: number)
      try exchange.finish(state.gradients.values)
      sums.squaredNorm = trace.measure("gradient norm", on: .compute) { exchange.squaredNorm() }
      sums.stopRequests = isStopRequested ? 1 : 0
      sums.timesUp = isTimeUp && communicator.rank == 0 ? 1 : 0
      sums.shardsWritten = isShardWritten ? 1 : 0
      try trace.measure("all-reduce of sums", on: .communication) {
        try sums.reduce(replicas.programs.main.terms, over: communicator)
      }
      var summary = try update(by: sums, termsOfStep: replicas.programs[number].terms)
      summary.isStateCommon = try exchange.end(
        step: number, isLast: number == settings.training.steps)
      if !isUpdateLeftOpen { try settle() }
      summary.exchangedBytes = exchange.exchangedBytes
      return summary
    }
  }

  /// Completes the update of a step that has left it open; every rank must call this.
  ///
  /// - Throws: `MPIError`.
  public func settle() throws { try exchange.settle() }

  // Leaves the sum of the gradients of this rank's share in the state.
  private func differentiate(step number: Int) throws -> StepSums {
    var sums = StepSums()
    let start = ContinuousClock.now
    let examples = try trace.measure("wait for batch", on: .inputOutput) {
      try loader.inputs(ofStep: number - 1)
    }
    let program = replicas.programs[number]
    if program.norm != nil {
      try settle()
      try normalize(examples, step: number)
    }
    let isBeside = settings.reducesBesideProgram(in: plan)
    exchange.begin(program)
    exchange.reducer?.begin(isBeside ? program.bucketOrder : nil, step: number) { [replicas] in
      replicas.complete($0, step: number)
    }
    defer { exchange.endProgram() }
    sums.terms = try trace.measure("program", on: .compute) { [exchange, state] in
      try replicas.differentiate(
        examples, step: number, plan: plan, prelude: exchange.awaitWeights
      ) { steps in try exchange.advance(state.gradients.values, afterSteps: steps) }
    }
    sums.seconds = (ContinuousClock.now - start) / .seconds(1)
    return sums
  }

  // A norm over the global batch is no sum over examples: its value comes first.
  private func normalize(_ examples: MicroBatch, step number: Int) throws {
    let squares = try trace.measure("norm", on: .compute) {
      try replicas.sumOfSquares(of: examples, step: number, plan: plan)
    }
    let sum = try trace.measure("all-reduce of norm", on: .communication) {
      try communicator.allReduce(squares, by: .sum)
    }
    replicas.setNorm(sumOfSquares: sum, step: number)
  }

  private func update(
    by sums: StepSums, termsOfStep: [LossTerm]
  ) throws -> StepSummary {
    var summary = StepSummary()
    let batch = Double(plan.globalBatch)
    summary.terms = replicas.programs.main.terms.map { term in
      let isKnown = termsOfStep.contains { $0.name == term.name }
      return StepSummary.Term(name: term.name, value: isKnown ? sums.terms[term.name] / batch : nil)
    }
    summary.loss = termsOfStep.reduce(0) { $0 + $1.strength * sums.terms[$1.name] / batch }
    summary.gradientNorm = sums.squaredNorm.squareRoot()
    summary.learningRate = optimizer.learningRate(afterSteps: state.counters.step)
    summary.computeSeconds = sums.seconds / Double(plan.ranks)
    summary.isStopRequested = sums.stopRequests > 0
    summary.isTimeUp = sums.timesUp > 0
    summary.isCheckpointWritten = sums.shardsWritten == Double(communicator.size)
    summary.nonfiniteTerms =
      summary.terms.filter { !($0.value ?? 0).isFinite }.map(\.name)
      + (summary.gradientNorm.isFinite ? [] : ["gradient"])
    if summary.nonfiniteTerms.isEmpty {
      try exchange.update(gradientNorm: summary.gradientNorm, by: replicas)
      state.move(replicas.programs.main.statistics, towards: sums.terms.statistics)
      state.counters.consecutiveNonfinite = 0
    } else {
      state.counters.consecutiveNonfinite += 1
    }
    state.counters.step += 1
    state.counters.examples += plan.globalBatch
    summary.step = state.counters.step
    summary.examples = state.counters.examples
    guard state.counters.consecutiveNonfinite <= settings.training.nonfiniteLimit else {
      try settle()
      throw TrainingError.diverged(
        step: summary.step, terms: summary.nonfiniteTerms, limit: settings.training.nonfiniteLimit)
    }
    return summary
  }
}
