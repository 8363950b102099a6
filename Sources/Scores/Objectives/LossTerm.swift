/// One term of the loss of a training program.
///
/// The program has two results for it: `NAME`, its mean over the global batch as far as the
/// micro-batch contributes to it, and `NAME_examples`, the values of the examples that have it. The
/// values of a norm over the global batch are shares, whose mean is the norm.
public struct LossTerm: Sendable, Hashable {
  /// The denoising loss.
  public static let denoising = "dsm"
  /// The sliced score-matching loss.
  public static let sliced = "ssm"
  /// The implicit score-matching loss.
  public static let implicit = "ism"
  /// The quasi-conservative penalty.
  public static let regularizer = "regularizer"
  /// The vector term of the score Fokker-Planck penalty.
  public static let fokkerPlanck = "fpe"
  /// Its scalar term.
  public static let fokkerPlanckScalar = "fpe_scalar"
  /// The likelihood score-matching loss of a classifier.
  public static let likelihood = "dlsm"
  /// The cross-entropy of a classifier.
  public static let crossEntropy = "cross_entropy"

  /// The name of its results and of its field in events.
  public let name: String
  /// Its factor in the loss.
  public let strength: Double

  /// Names a term.
  public init(_ name: String, strength: Double) {
    self.name = name
    self.strength = strength
  }

  /// The name of the result with the values of the examples.
  public var examplesName: String { name + "_examples" }
}
