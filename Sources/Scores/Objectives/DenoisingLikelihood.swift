public import Autodiff

/// The denoising likelihood score-matching loss of a classifier of noisy data.
///
/// With the score of the prior `s` held fixed, the minimum of `1/2 |g + s + z / sigma|^2` over
/// classifiers with likelihood score `g = grad log p(y | x)` is the true likelihood score: the target
/// `-z / sigma` has the posterior score as its mean. Source: Chao et al., "Denoising Likelihood Score
/// Matching for Conditional Score-based Data Generation", ICLR 2022, arXiv 2203.14206, equation 11,
/// with the weight and the mean over coordinates of the authors' code.
public struct DenoisingLikelihood: Sendable, Hashable {
  /// The factor of the loss.
  public var strength: Float

  /// The power w of sigma that the residual is multiplied by: 2 for the paper's toys, 0 for its
  /// images; 1 makes all noise levels count alike.
  public var noisePower: Int

  /// Creates a loss.
  public init(strength: Float = 1, noisePower: Int = 2) {
    precondition(noisePower >= 0, "noise power \(noisePower), expected 0 or more")
    self.strength = strength
    self.noisePower = noisePower
  }

  /// Builds the loss of each example: the mean over coordinates of
  /// `1/2 (sigma^w g + sigma^w s + sigma^(w - 1) z)^2`.
  ///
  /// - Parameters:
  ///   - likelihoodScore: The gradient g of the logarithm of the class's probability by the data,
  ///     `[B]` followed by the example's shape.
  ///   - priorScore: The score s of the noisy data without their class, of the same shape; no
  ///     derivative is taken through it.
  ///   - noise: The standard normal noise z in the data, of the same shape.
  ///   - standardDeviation: The standard deviation sigma of the noise, `[B]`.
  /// - Returns: The losses, `[B]`.
  public func losses(
    likelihoodScore: Value, priorScore: Value, noise: Value, standardDeviation: Value
  ) -> Value {
    func weight(_ power: Int) -> Value {
      standardDeviation.raised(to: power).aligned(with: noise)
    }
    let residual =
      (likelihoodScore + priorScore.stoppingGradient) * weight(noisePower)
      + noise * weight(noisePower - 1)
    let dimensions = noise.shape.dimensions.dropFirst().reduce(1, *)
    return square(residual).summedPerExample() * (0.5 / Float(dimensions))
  }
}

/// The cross-entropy of a classifier on noisy data.
public struct CrossEntropy: Sendable, Hashable {
  /// The factor of the loss.
  public var strength: Float

  /// The power w of sigma by whose square each example's loss is divided; the papers have 0.
  public var noisePower: Int

  /// Creates a loss.
  public init(strength: Float = 1, noisePower: Int = 0) {
    precondition(noisePower >= 0, "noise power \(noisePower), expected 0 or more")
    self.strength = strength
    self.noisePower = noisePower
  }

  /// Builds the loss of each example, `-log p(y | x) / sigma^(2 w)`.
  ///
  /// - Parameters:
  ///   - logits: `[B, K]`.
  ///   - choice: 1 for the class of each example and 0 for the others, `[B, K]`.
  ///   - standardDeviation: The standard deviation sigma of the noise, `[B]`.
  /// - Returns: The losses, `[B]`.
  public func losses(logits: Value, choice: Value, standardDeviation: Value) -> Value {
    -(logSoftmax(logits, axis: 1) * choice).summedPerExample()
      * standardDeviation.raised(to: -2 * noisePower)
  }
}

extension Value {
  /// The elements to a whole power.
  func raised(to power: Int) -> Value {
    let base = power < 0 ? reciprocal(self) : self
    return (0..<abs(power)).reduce(graph.constant(1, shape)) { product, _ in product * base }
  }
}
