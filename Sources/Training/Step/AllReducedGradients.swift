import MPI
import RunConfiguration
import Telemetry

/// Every rank gets the sum of all gradients and makes the same update of its own copy of the state.
final class AllReducedGradients: GradientExchange {
  let reducer: GradientReducer?

  private let optimizer: Optimizer
  private let state: TrainingState
  private let ownPart: Range<Int>

  /// Prepares reductions; every rank must call this.
  init(
    _ settings: RunSettings, _ optimizer: Optimizer, _ state: TrainingState,
    over communicator: Communicator
  ) throws {
    precondition(!state.share.isSharded, "this update needs all moments")
    self.optimizer = optimizer
    self.state = state
    ownPart = state.layout.trainablePart(communicator.rank, of: communicator.size)
    reducer = try GradientReducer(
      communicator, count: state.layout.trainableExtent, settings: settings.communication,
      seed: settings.seed)
  }

  var trace: TraceRecorder? {
    didSet { reducer?.trace = trace }
  }

  var exchangedBytes: Int { reducer?.postedBytes ?? 0 }

  // Each rank looks at a part of the sums.
  func squaredNorm() -> Double { state.squaredGradientNorm(of: ownPart) }

  func update(gradientNorm norm: Double, by replicas: ReplicaGroup) throws {
    try trace.measure("optimizer", on: .compute) {
      try replicas.forEachPart(
        of: 0..<state.layout.trainableExtent, optimizer.begin(state, gradientNorm: norm))
    }
  }
}
