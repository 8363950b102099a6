/// Prepares the inputs of the next step on a thread of its own while the present one runs.
///
/// Inputs are a pure function of the step, so a step that is not the one expected, as after a
/// restart, is prepared when it is asked for.
final class BatchLoader {
  private let worker: WorkerThread
  private let source: Source
  private let start: Int
  private var present: StepInputs
  private var next: StepInputs
  private var preparedStep: Int?

  /// Starts the thread.
  ///
  /// - Parameters:
  ///   - feeder: Knows what the inputs are.
  ///   - start: The index of the first example in the global batch.
  ///   - makeInputs: Allocates the inputs of all examples of a step; it is called twice.
  /// - Throws: `WorkerThread.NotStarted` if the system refuses.
  init(
    _ feeder: BatchFeeder, startingAt start: Int, makeInputs: () -> StepInputs
  ) throws(WorkerThread.NotStarted) {
    worker = try WorkerThread()
    source = Source(feeder)
    self.start = start
    present = makeInputs()
    next = makeInputs()
  }

  /// The inputs of a step, valid until the next call.
  ///
  /// - Parameter step: The number of the step, from 0.
  /// - Returns: The inputs, filled.
  /// - Throws: An error of the thread's work; filling has none.
  func inputs(ofStep step: Int) throws -> MicroBatch {
    try worker.wait()
    if preparedStep != step {
      prepare(step)
      try worker.wait()
    }
    swap(&present, &next)
    prepare(step + 1)
    return present.batch
  }

  private func prepare(_ step: Int) {
    preparedStep = step
    worker.start { [source, next, start] in
      source.feeder.fill(next.batch, step: step, startingAt: start)
    }
  }

  /// The feeder, which the thread alone uses.
  private final class Source {
    var feeder: BatchFeeder

    init(_ feeder: BatchFeeder) { self.feeder = feeder }
  }
}
