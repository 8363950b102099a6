/// The names of the inputs of programs over scores; parameters have their own names.
///
/// B is the batch; data have the shape `[B]` followed by the example's shape. Inputs that follow
/// from an example's time are listed by ``LevelInput``.
public enum ProgramInput {
  /// Data: clean in training and evaluation, noisy where only the score is asked for.
  public static let data = "x"
  /// Standard normal noise, of the data's shape.
  public static let noise = "z"
  /// The factor m of the clean data in the noisy data, `[B]`.
  public static let meanFactor = LevelInput.meanFactor.rawValue
  /// The standard deviation s of the noise, `[B]`.
  public static let standardDeviation = LevelInput.standardDeviation.rawValue
  /// What the network is told about the noise level, `[B]`.
  public static let condition = LevelInput.condition.rawValue
  /// The factor of each example's denoising loss, `[B]`.
  public static let weight = LevelInput.likelihoodWeight.rawValue
  /// Two words for each example as bit patterns, `[B, 2]`.
  public static let dropoutKeys = "dropout_keys"

  /// What the norm of ``FokkerPlanck``'s scalar term over the global batch is divided by, a scalar.
  public static let scalarNormReciprocal = "fpe_scalar_reciprocal"
  /// The number of each example's class, `[B]`.
  public static let label = "label"
  /// The score of the noisy data without their class, of the data's shape.
  public static let priorScore = "prior_score"

  /// A parameter of the model of the prior score, by its name there.
  public static func prior(_ name: String) -> String { "prior/\(name)" }

  /// A probe v with `E[v v^T] = I`, of the data's shape.
  public static func probe(_ index: Int) -> String { "v\(index)" }
}
