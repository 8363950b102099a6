public import Autodiff

/// The randomness of a network's dropout layers; evaluation does without.
public struct DropoutKeys {
  /// A 64-bit key for each example, `[B, 2]`, as the bit patterns of two floats.
  public let keys: Value

  /// Uses keys for all dropout layers of a network; each layer adds its own site number.
  public init(_ keys: Value) {
    self.keys = keys
  }

  /// Drops elements of `x` with probability `rate` and scales the rest to keep the mean.
  func dropping(_ x: Value, rate: Float, site: Int) -> Value {
    guard rate > 0 else { return x }
    return x * dropoutMask(keys: keys, site: UInt32(site), rate: rate, shape: x.shape)
  }
}
