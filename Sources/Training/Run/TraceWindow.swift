import MPI
import Telemetry

/// The steps of a session that are traced: some after the first two.
///
/// The first steps meet memory that was never touched, and show nothing of those that follow.
struct TraceWindow {
  private static let stepsBefore = 2

  private let steps: Int
  private var stepsBegun = 0

  /// What is recorded; nil before the first traced step.
  private(set) var recorder: TraceRecorder?

  /// - Parameter steps: The number of steps that are traced.
  init(steps: Int) {
    self.steps = steps
  }

  /// Whether all steps that are traced have begun.
  var isOver: Bool { stepsBegun == Self.stepsBefore + steps }

  /// Counts a step that is about to begin; every rank must call this.
  ///
  /// - Throws: `MPIError`.
  mutating func beginStep(over communicator: Communicator) throws(MPIError) {
    if stepsBegun == Self.stepsBefore { recorder = try .aligned(over: communicator) }
    stepsBegun += 1
  }
}
