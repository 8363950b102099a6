import Autodiff

/// How image planes are halved and doubled inside a network.
public enum Resampling: Sendable, Hashable {
  /// The mean of 2 x 2 pixels, and pixels repeated.
  case box

  /// A separable low-pass filter (Karras et al., StyleGAN 2); the taps are normalized to sum 1.
  case filter(taps: [Float])

  /// The filter of NCSN++.
  public static let fir = Resampling.filter(taps: [1, 3, 3, 1])

  func halving(_ x: Value) -> Value {
    switch self {
    case .box:
      return resample(x, ResamplingFilter(taps: [0.5, 0.5], down: 2))
    case .filter(let taps):
      let margin = taps.count - 2
      return resample(
        x,
        ResamplingFilter(
          taps: normalized(taps, gain: 1), down: 2, padLow: (margin + 1) / 2,
          padHigh: margin / 2))
    }
  }

  func doubling(_ x: Value) -> Value {
    switch self {
    case .box:
      return resample(x, ResamplingFilter(taps: [1, 1], up: 2, padLow: 1))
    case .filter(let taps):
      // Zero insertion leaves a half of the sum of each axis, hence the gain.
      let margin = taps.count - 2
      return resample(
        x,
        ResamplingFilter(
          taps: normalized(taps, gain: 2), up: 2, padLow: (margin + 1) / 2 + 1,
          padHigh: margin / 2))
    }
  }

  /// The filter ahead of a convolution of stride 2 and the given kernel, which takes no padding.
  static func ahead(ofKernel kernel: Int, taps: [Float]) -> ResamplingFilter {
    let margin = taps.count - 2 + kernel - 1
    return ResamplingFilter(
      taps: normalized(taps, gain: 1), padLow: (margin + 1) / 2, padHigh: margin / 2)
  }
}

private func normalized(_ taps: [Float], gain: Float) -> [Float] {
  let sum = taps.reduce(0, +)
  return taps.map { $0 * gain / sum }
}
