/// What a random stream is drawn for, so that no two uses share numbers.
///
/// The raw values are part of the definition of a run: changing one changes every result of a
/// given seed, so new purposes are appended.
public enum RandomPurpose: UInt8, Sendable, CaseIterable {
  /// Initial values of parameters; `example` numbers the tensor.
  case parameters = 1

  /// The permutation of the training examples; `step` is the epoch.
  case dataOrder = 2

  /// Horizontal flips; `step` is the epoch and `example` the index in the data set.
  case flip = 3

  /// Diffusion times of training examples.
  case time = 4

  /// The noise that perturbs training examples.
  case noise = 5

  /// Hutchinson probes of a regularizer or a metric.
  case probe = 6

  /// Dropout masks.
  case dropout = 7

  /// The prior sample from which a sampler starts.
  case prior = 8

  /// The noise of a sampler's predictor.
  case predictor = 9

  /// The noise of a sampler's corrector.
  case corrector = 10

  /// Noise levels and noise drawn while evaluating.
  case evaluation = 11

  /// Points of the toy densities.
  case toyData = 12

  /// Dequantization of 8-bit images.
  case dequantization = 13

  /// Inputs of self-checks, benchmarks and gradient tests.
  case diagnostics = 14

  /// Rounding of gradients that travel in 16 bits; `example` is the rank.
  case transport = 15
}
