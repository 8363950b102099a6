public import Networks

/// What a classifier of noisy data is trained on: cross-entropy, likelihood score matching, or both.
///
/// The total loss of Chao et al. (2022), arXiv 2203.14206, is likelihood score matching plus 0.125
/// (toys) or 1 (images) times the cross-entropy.
public struct ClassifierObjective: Sendable, Hashable {
  /// Likelihood score matching; nil for none.
  public var likelihood: DenoisingLikelihood?
  /// The cross-entropy; nil for none.
  public var crossEntropy: CrossEntropy?
  /// The number of consecutive examples that share statistics of batch normalization; nil for a
  /// whole micro-batch.
  public var normalizationGroup: Int?

  /// Combines losses.
  public init(
    likelihood: DenoisingLikelihood? = nil, crossEntropy: CrossEntropy? = nil,
    normalizationGroup: Int? = nil
  ) {
    precondition(likelihood != nil || crossEntropy != nil, "an objective without any term")
    self.likelihood = likelihood
    self.crossEntropy = crossEntropy
    self.normalizationGroup = normalizationGroup
  }
}

/// Where a classifier's objective takes the score of the data without their class from.
public enum PriorScore: Sendable {
  /// A model whose parameters are inputs under `ProgramInput.prior(_:)`; it is evaluated without
  /// dropout and nothing is differentiated by its parameters.
  case model(ScoreModel)
  /// The input `ProgramInput.priorScore`, of the data's shape.
  case input
}
