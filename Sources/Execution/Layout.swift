/// How an activation `[N, C, H, W]` lies in memory.
public enum ActivationLayout: String, Hashable, Sendable, CaseIterable {
  /// Row-major `[N, C, H, W]`.
  case plain
  /// Row-major `[N, C / 16, H, W, 16]`, for channels in multiples of 16 (oneDNN's nChw16c).
  case blocked

  /// The number of channels that lie side by side in the blocked layout.
  public static let lanes = 16

  /// Whether an activation of so many channels can have this layout.
  public func isPossible(channels: Int) -> Bool {
    self == .plain || (channels > 0 && channels % Self.lanes == 0)
  }
}
