/// One step of an executable's run, as an observer is told of it.
public struct ExecutedStep: Sendable {
  /// The kind of step.
  public let kind: String
  /// The extents of its tensors.
  public let detail: String
  /// When it began.
  public let begin: ContinuousClock.Instant
  /// When it was done.
  public let end: ContinuousClock.Instant
  /// Multiplications and additions, 0 where memory is what counts.
  public let floatingPointOperations: Int
  /// Bytes of the tensors read and written, each counted once.
  public let byteCount: Int

  init(_ planned: PlannedStep, begin: ContinuousClock.Instant, end: ContinuousClock.Instant) {
    kind = planned.step.kind
    detail = planned.detail
    self.begin = begin
    self.end = end
    floatingPointOperations = planned.step.floatingPointOperations
    byteCount = planned.byteCount
  }
}
