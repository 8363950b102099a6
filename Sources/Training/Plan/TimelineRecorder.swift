import Execution

/// Notes when a step's program reaches which of its kernels.
final class TimelineRecorder {
  private var begin = ContinuousClock.now
  private var ends: [Double] = []

  /// Is told of all kernels of a step's program from now on.
  func observe(_ program: GradientProgram) {
    program.executable.stepObserver = { [self] executed in
      ends.append((executed.end - begin) / .seconds(1))
    }
  }

  /// Makes a step.
  ///
  /// - Parameters:
  ///   - program: The program of the step, observed.
  ///   - work: The step.
  /// - Returns: Its timeline, with share 1.
  /// - Throws: What the step throws.
  func record(_ program: GradientProgram, _ work: () throws -> Void) rethrows -> StepTimeline {
    ends.removeAll(keepingCapacity: true)
    begin = .now
    try work()
    let seconds = (ContinuousClock.now - begin) / .seconds(1)
    let programEnd = ends.last ?? seconds
    // With several passes, gradients can be complete in the last one only.
    let lastPass = ends.count - program.executable.stepCount
    let buckets = (program.bucketOrder?.entries ?? []).map { bucket, completion in
      let isWithin = completion > 0 && completion <= program.executable.stepCount
      let ready = isWithin ? ends[lastPass + completion - 1] : programEnd
      return StepTimeline.Bucket(count: bucket.range.count, ready: ready)
    }
    return StepTimeline(
      share: 1, seconds: seconds, programEnd: programEnd, buckets: buckets,
      pollingInterval: programEnd / Double(max(ends.count, 1)))
  }
}
