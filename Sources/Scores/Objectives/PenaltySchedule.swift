/// On which steps and examples the penalty of an objective is computed.
///
/// What is computed counts for what is left out, so that the mean of the gradient stays: the penalty
/// has `interval` times its weight on the steps that have it, and the sum over the examples that
/// have it grows to the whole batch. Source: lazy regularization, Karras et al. 2020, "Analyzing and
/// Improving the Image Quality of StyleGAN", arXiv 1912.04958, appendix B.
public struct PenaltySchedule: Sendable, Hashable {
  /// The number of steps from one with the penalty to the next.
  public var interval: Int
  /// The part of each batch of a program that has the penalty, above 0 and at most 1.
  public var fraction: Double

  /// Creates a schedule; every step and every example unless told otherwise.
  public init(interval: Int = 1, fraction: Double = 1) {
    precondition(interval >= 1, "an interval of \(interval) steps, expected at least 1")
    precondition(fraction > 0 && fraction <= 1, "a fraction of \(fraction), expected in (0, 1]")
    self.interval = interval
    self.fraction = fraction
  }

  /// Whether a step has the penalty.
  ///
  /// - Parameter step: The number of the step, counted from 1.
  /// - Returns: A function of the number alone, so that all ranks and a continued run agree.
  public func isDue(at step: Int) -> Bool { step.isMultiple(of: interval) }

  /// The number of examples of a batch that have the penalty, the nearest to the fraction but one
  /// at least.
  public func examples(of batch: Int) -> Int {
    max(1, Int((fraction * Double(batch)).rounded()))
  }
}
