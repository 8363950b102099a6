import Randomness

/// What random numbers of an evaluation are for, so that no two uses share a stream.
enum EvaluationNoise: UInt64 {
  /// Noise of the points at which a field is measured.
  case field = 1
  /// Noise of the points around which the reference's Parzen score has its Gaussians.
  case centres = 2
  /// Probes of a likelihood's divergence.
  case likelihood = 3

  /// The stream of an example; `number` counts levels or draws.
  func stream(seed: UInt64, number: Int, example: Int) -> RandomStream {
    // Levels and probes of the loss and the asymmetry count up to 2^48.
    RandomStream(
      seed: seed, purpose: .evaluation, step: UInt64(number) | rawValue << 48,
      example: UInt64(example))
  }
}
