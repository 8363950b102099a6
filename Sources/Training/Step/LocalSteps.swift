import CVectorKernels
import MPI
import RunConfiguration
import Telemetry

/// Every rank makes some steps by itself, on its own gradients, and then all join what they found.
///
/// How far the ranks went from the weights at which all started, in the mean, is the gradient of an
/// outer step with Nesterov's momentum, which gives the weights at which the next round starts.
/// Source: Douillard et al. 2023, "DiLoCo: Distributed Low-Communication Training of Language
/// Models", arXiv 2311.08105, algorithm 1. Two things differ: the moments of Adam become their mean
/// over the ranks at the end of a round, so that one checkpoint holds the state of all, and the
/// average of the weights follows the ends of rounds.
final class LocalSteps: GradientExchange {
  let reducer: GradientReducer? = nil

  private let settings: DataParallelSettings
  private let optimizer: Optimizer
  private let state: TrainingState
  private let outer: OuterState
  private let ranks: Int
  private let outerGradients: GradientReducer
  // Moments change less in a round than 16 bits can tell.
  private let moments: GradientReducer
  private var hasBegun = false
  // Of this rank's summand of the step's gradient.
  private var squaredOwnNorm = 0.0
  // The weight that the average of before the round has at its end.
  private var averageDecay = 1.0

  private(set) var exchangedBytes = 0

  /// Prepares the ends of rounds; every rank must call this.
  init(
    _ settings: RunSettings, _ optimizer: Optimizer, _ state: TrainingState,
    over communicator: Communicator
  ) throws {
    guard let outer = state.outer else {
      preconditionFailure("a state without the momentum of outer steps")
    }
    self.settings = settings.dataParallel
    self.optimizer = optimizer
    self.state = state
    self.outer = outer
    ranks = communicator.size
    let count = state.layout.trainableExtent
    var exact = settings.communication
    exact.transport = .float32
    moments = try GradientReducer(
      communicator, count: count, settings: exact, seed: settings.seed)
    outerGradients =
      settings.communication.transport == .float32
      ? moments
      : try GradientReducer(
        communicator, count: count, settings: settings.communication, seed: settings.seed)
  }

  var trace: TraceRecorder? {
    didSet { (outerGradients.trace, moments.trace) = (trace, trace) }
  }

  /// N times the square of this rank's summand of the mean over N ranks: the sum is the mean square
  /// of the norms of the gradients with which the ranks make their steps.
  func squaredNorm() -> Double {
    exchangedBytes = 0
    squaredOwnNorm = state.squaredGradientNorm(of: trained)
    return Double(ranks) * squaredOwnNorm
  }

  func update(gradientNorm norm: Double, by replicas: ReplicaGroup) throws {
    if !hasBegun {
      outer.start.copy(from: state.parameters)
      (hasBegun, averageDecay) = (true, 1)
    }
    // The loss was divided by the global batch, but this step is of the rank's share alone.
    let ownNorm = Double(ranks) * squaredOwnNorm.squareRoot()
    try trace.measure("optimizer", on: .compute) {
      let update = optimizer.begin(
        state, gradientNorm: ownNorm, gradientFactor: Double(ranks), averages: false)
      averageDecay *= optimizer.averageDecay(ofUpdate: state.counters.averageUpdates)
      try replicas.forEachPart(of: trained, update)
    }
  }

  func end(step: Int, isLast: Bool) throws -> Bool {
    guard step.isMultiple(of: settings.localSteps) || isLast else { return false }
    if hasBegun { try endRound(step) }
    hasBegun = false
    return true
  }

  private func endRound(_ step: Int) throws {
    // Gradients have served, and their memory takes how far this rank went.
    let distance = state.gradients.values
    hk_subtract(
      distance.baseAddress, outer.start.values.baseAddress, state.parameters.values.baseAddress,
      distance.count)
    try add(distance, by: outerGradients, step: step)
    trace.measure("outer step", on: .compute) { move(by: distance) }
    for buffer in [state.firstMoments, state.secondMoments] where ranks > 1 {
      let values = buffer[trained]
      try add(values, by: moments, step: step)
      hk_scale(values.baseAddress, values.count, 1 / Float(ranks))
    }
  }

  private func add(
    _ values: UnsafeMutableBufferPointer<Float>, by reducer: GradientReducer, step: Int
  ) throws(MPIError) {
    reducer.begin(nil, step: step)
    try reducer.finish(values)
    exchangedBytes += reducer.postedBytes
  }

  private func move(by sum: UnsafeMutableBufferPointer<Float>) {
    var numbers = hk_nesterov(
      learningRate: settings.outerLearningRate, momentum: settings.outerMomentum,
      gradientScale: 1 / Double(ranks), emaDecay: averageDecay)
    hk_nesterov_ema(
      &numbers, state.parameters.values.baseAddress, outer.start.values.baseAddress,
      sum.baseAddress, outer.momentum.values.baseAddress, state.average.values.baseAddress,
      sum.count)
  }

  private var trained: Range<Int> { 0..<state.layout.trainableExtent }
}
