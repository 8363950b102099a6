public import Execution
public import Scores

/// The wish for samples of one class: a classifier and how strongly it guides.
public struct ClassGuidance {
  /// The classifier and its process.
  public var model: NoisyClassifier
  /// The values of its parameters.
  public var weights: ModelWeights
  /// The number of the class.
  public var label: Int
  /// The factor alpha of the likelihood's score.
  public var factor: Double

  /// Combines a classifier with the class that is wanted.
  public init(_ model: NoisyClassifier, weights: ModelWeights, label: Int, factor: Double = 1) {
    self.model = model
    self.weights = weights
    self.label = label
    self.factor = factor
  }

  /// Adds the score of the likelihood to that of the prior.
  ///
  /// - Parameters:
  ///   - prior: The score of the data without their class.
  ///   - batch: The number of examples of a run of the classifier's program.
  ///   - options: Backends and algorithms.
  /// - Returns: The score of the posterior, with alpha as in `guidedScore`.
  /// - Throws: An error of a numerical library.
  public func posteriorScore(
    prior: @escaping BatchScore, batch: Int, options: CompileOptions = CompileOptions()
  ) throws -> BatchScore {
    let compiled = try CompiledClassifier(
      model, weights: weights, batch: batch, options: options)
    return guidedScore(
      prior: prior, likelihood: compiled.likelihoodScore(ofClass: label), factor: factor)
  }
}
