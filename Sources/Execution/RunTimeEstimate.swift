/// What part of a run's time its first steps take, by their arithmetic and traffic.
struct RunTimeEstimate {
  // What a processor computes while it moves one byte.
  private static let operationsPerByte = 15.0

  private let ends: [Double]

  /// - Parameter steps: The steps of a run, in their order.
  init(_ steps: [PlannedStep]) {
    var now = 0.0
    ends = steps.map { planned in
      let arithmetic = Double(planned.step.floatingPointOperations)
      now += max(arithmetic, Double(planned.byteCount) * Self.operationsPerByte)
      return now
    }
  }

  /// - Parameter count: The number of steps; beyond the last one it is the whole time.
  /// - Returns: The part of the time, from 0 to 1.
  func share(afterSteps count: Int) -> Double {
    guard count > 0, let whole = ends.last, whole > 0 else { return 0 }
    return ends[min(count, ends.count) - 1] / whole
  }
}
