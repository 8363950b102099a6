import MPI
import RunConfiguration
import Telemetry

/// Every rank gets the sum of the gradients of its own part, updates this part, and gives the new
/// weights to all others.
///
/// A rank holds the moments and the average of its part only. The reductions of all parts to their
/// owners are together a reduce-scatter, in pieces that can begin while the program still runs.
/// Source: Rajbhandari et al. 2020, "ZeRO: Memory Optimizations Toward Training Trillion Parameter
/// Models", section 5.1 (the optimizer's state is partitioned).
final class ShardedOptimizer: GradientExchange {
  let reducer: GradientReducer?

  private let optimizer: Optimizer
  private let state: TrainingState
  private let communicator: Communicator
  private let parts: [Range<Int>]
  private var gatheredBytes = 0

  /// Prepares reductions to the owners; every rank must call this.
  init(
    _ settings: RunSettings, _ optimizer: Optimizer, _ state: TrainingState,
    over communicator: Communicator
  ) throws {
    let layout = state.layout
    precondition(
      state.share.part == layout.ownedPart(communicator.rank, of: communicator.size),
      "a share of \(state.share.part) on rank \(communicator.rank) of \(communicator.size)")
    self.optimizer = optimizer
    self.state = state
    self.communicator = communicator
    parts = (0..<communicator.size).map { layout.trainablePart($0, of: communicator.size) }
    reducer = try GradientReducer(
      communicator, count: layout.trainableExtent, ownership: .parts(parts),
      settings: settings.communication, seed: settings.seed)
  }

  var trace: TraceRecorder? {
    didSet { reducer?.trace = trace }
  }

  var exchangedBytes: Int { (reducer?.postedBytes ?? 0) + gatheredBytes }

  func squaredNorm() -> Double {
    gatheredBytes = 0
    return state.squaredGradientNorm(of: parts[communicator.rank])
  }

  func update(gradientNorm norm: Double, by replicas: ReplicaGroup) throws {
    try trace.measure("optimizer", on: .compute) {
      try replicas.forEachPart(
        of: parts[communicator.rank], optimizer.begin(state, gradientNorm: norm))
    }
    guard communicator.size > 1 else { return }
    let trained = state.parameters[0..<state.layout.trainableExtent]
    gatheredBytes = trained.count * MemoryLayout<Float>.stride
    try trace.measure(
      "all-gather of weights", on: .communication, details: [("bytes", .integer(gatheredBytes))]
    ) {
      try communicator.allGatherV(inPlace: trained, counts: parts.map(\.count))
    }
  }
}
