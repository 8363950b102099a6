/// The three-point difference for a time derivative at unevenly spaced times.
///
/// `[h^2 u(t + k) + (k^2 - h^2) u(t) - k^2 u(t - h)] / (h k (h + k))` is of second order. The
/// implementation of Lai et al. (FP-Diffusion, 2023) has `h = 1e-3` and `k = 5e-4` at all times,
/// which reaches negative times before 1e-3. Here both shrink in proportion to the time below 2e-3,
/// so that no point comes nearer to 0 than half the time.
public struct TimeStencil: Sendable, Hashable {
  /// The earlier time, `t - h`.
  public let earlier: Double
  /// The later time, `t + k`.
  public let later: Double
  /// The factor of the value at the earlier time.
  public let earlierFactor: Double
  /// The factor of the value at the time itself.
  public let presentFactor: Double
  /// The factor of the value at the later time.
  public let laterFactor: Double

  /// Places the points.
  ///
  /// - Parameter time: t, 0 or more; at 0 itself, which only VE has, the steps are not shrunk.
  public init(at time: Double) {
    let (backward, forward) = (1e-3, 5e-4)
    let share = time > 0 ? min(1, time / (2 * backward)) : 1
    let (h, k) = (share * backward, share * forward)
    earlier = time - h
    later = time + k
    earlierFactor = -k / (h * (h + k))
    presentFactor = (k - h) / (h * k)
    laterFactor = h / (k * (h + k))
  }
}
