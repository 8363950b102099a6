import Execution
import MPI
import RunConfiguration
import Telemetry

/// Every rank gets the sum of all gradients and makes the same update of its own copy of the state, of
/// the last buckets while the next step's program runs already.
///
/// Each bucket is added up on one rank and comes back from there. When the last one is added up, the
/// norm of the gradient is known, and with it the update; what has not come back by then is needed
/// only when the next program first reads these weights. The trajectory is that of
/// ``AllReducedGradients``. Source of the idea: Jayarajan et al. 2019, "Priority-based parameter
/// propagation for distributed DNN training", section 4.
final class PipelinedGradients: GradientExchange {
  let reducer: GradientReducer?

  private let sums: GradientReducer
  private let returns: GradientReturn
  private let optimizer: Optimizer
  private let state: TrainingState
  private let ownRanges: [Range<Int>]
  // What is under way or was last, and what follows in the step that has begun.
  private var present: ReturnPlan?
  private var next: ReturnPlan?
  private var requirements: ArraySlice<(steps: Int, entries: Int)> = []

  /// Prepares reductions and returns; every rank must call this.
  init(
    _ settings: RunSettings, _ optimizer: Optimizer, _ state: TrainingState,
    over communicator: Communicator
  ) throws {
    precondition(!state.share.isSharded, "this update needs all moments")
    self.optimizer = optimizer
    self.state = state
    sums = try GradientReducer(
      communicator, count: state.layout.trainableExtent,
      ownership: .inTurn(ranks: communicator.size), settings: settings.communication,
      seed: settings.seed)
    reducer = sums
    returns = try GradientReturn(communicator, state.gradients.values, narrow: sums.narrow)
    ownRanges = sums.buckets.filter { $0.owner == communicator.rank }.map(\.range)
  }

  var trace: TraceRecorder? {
    didSet { (sums.trace, returns.trace) = (trace, trace) }
  }

  // All that is added up comes back, be it during the next step.
  var exchangedBytes: Int { 2 * sums.postedBytes }

  func prepare(_ program: GradientProgram) {
    let order = sums.order(for: program.completions)
    program.bucketOrder = order
    program.returns = ReturnPlan(
      order, firstUses: program.firstUses, timeShare: program.executable.timeShare(afterSteps:))
  }

  func begin(_ program: GradientProgram) {
    guard let plan = program.returns else { preconditionFailure("an unprepared program") }
    requirements = present?.requirements(of: plan.needs)[...] ?? []
    next = plan
  }

  func awaitWeights(beforeStep steps: Int) throws {
    // What is open later is this step's own.
    guard next != nil else { return }
    while let first = requirements.first, first.steps <= steps {
      try returns.wait(for: first.entries)
      requirements.removeFirst()
    }
    guard returns.isOpen else { return }
    try returns.advance(afterReductions: .max, isAlone: true)
    if !returns.isOpen { sums.endProgram() }
  }

  func advance(
    _ gradients: UnsafeMutableBufferPointer<Float>, afterSteps steps: Int
  ) throws {
    if next != nil {
      guard sums.isDue(afterSteps: steps) else { return }
      try beginReturns()
    }
    try sums.advance(gradients, afterSteps: steps)
    try returns.advance(afterReductions: sums.summed, isAlone: false)
  }

  // Returns need a thread that lets MPI work, too.
  func endProgram() {
    if !returns.isOpen { sums.endProgram() }
  }

  func finish(_ gradients: UnsafeMutableBufferPointer<Float>) throws {
    if next != nil { try beginReturns() }
    try sums.finish(gradients)
    try returns.advance(afterReductions: sums.summed, isAlone: true)
  }

  func squaredNorm() -> Double {
    ownRanges.reduce(0) { $0 + state.squaredGradientNorm(of: $1) }
  }

  func update(gradientNorm norm: Double, by replicas: ReplicaGroup) throws {
    trace.measure("optimizer", on: .compute) {
      returns.use(optimizer.begin(state, gradientNorm: norm))
    }
  }

  func end(step: Int, isLast: Bool) throws -> Bool {
    returns.discard()
    return true
  }

  func settle() throws {
    returns.discard()
    try returns.finish()
    sums.endProgram()
  }

  private func beginReturns() throws {
    guard let plan = next else { return }
    try returns.finish()
    returns.begin(plan)
    (present, next) = (plan, nil)
  }
}
