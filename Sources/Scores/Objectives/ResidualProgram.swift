public import Autodiff
public import Networks

/// The program that measures how far a model is from the score Fokker-Planck equation.
///
/// Inputs are those of `ProgramInput` and `LevelInput`, the probes of the penalty, and the model's
/// parameters; dropout is off. Results:
/// - `residual`: e, of the data's shape;
/// - `residual_norm` and `rate_norm`: `|e| / D` and `|ds/dt| / D`, `[B]`;
/// - `score`, `score_rate`, `right_hand_side`: of the data's shape;
/// - `divergence`: `[B]`.
public struct ResidualProgram: Sendable {
  /// The number of examples of a run.
  public let batch: Int
  /// What runs.
  public let program: Program

  /// Builds the program.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - penalty: How derivatives are computed; of a pair of residuals the first is taken.
  ///   - batch: The number B of examples of a run.
  public init(_ model: ScoreModel, by penalty: FokkerPlanck, batch: Int) {
    let noisy = NoisyBatch(model, batch: batch, usesDropout: false)
    let equation = noisy.fokkerPlanckEquation
    let directions = penalty.directions(
      probes: noisy.probes(0..<penalty.probeCount), for: noisy.score)[0]
    let rate = noisy.scoreRate(by: penalty.timeDerivative)
    self.batch = batch
    program = Self.program(equation, scoreRate: rate, directions, route: penalty.route)
  }

  /// Builds the program of a score in closed form.
  ///
  /// The mixture is a function of mean factor, standard deviation and noisy data, which are inputs.
  ///
  /// - Parameters:
  ///   - mixture: The density of the clean data.
  ///   - batch: The number B of examples of a run.
  public init(_ mixture: GaussianMixture, batch: Int) {
    let graph = Graph()
    func level(_ input: LevelInput) -> Value { graph.input(input.rawValue, [batch]) }
    let data = graph.input(ProgramInput.data, [batch, mixture.dimensions])
    let (factor, std) = (level(.meanFactor), level(.standardDeviation))
    let score = mixture.score(at: data, meanFactor: factor, standardDeviation: std)
    let equation = FokkerPlanckEquation(
      of: score, at: data, driftFactor: level(.driftFactor),
      squaredDiffusion: level(.squaredDiffusion))
    let rate = jvp(
      of: [score], at: [factor, std],
      tangents: [level(.driftFactor) * factor, level(.standardDeviationRate)])[0]
    self.batch = batch
    program = Self.program(
      equation, scoreRate: rate, .init(exactFor: score), route: .products)
  }

  private static func program(
    _ equation: FokkerPlanckEquation, scoreRate: Value,
    _ directions: FokkerPlanckEquation.Directions, route: FokkerPlanckEquation.GradientRoute
  ) -> Program {
    let rightHandSide = equation.rightHandSide(directions, by: route)
    let residual = scoreRate - rightHandSide
    let share = 1 / Float(residual.shape.count / residual.shape[0])
    return Program([
      ("residual", residual), ("residual_norm", sqrt(square(residual).summedPerExample()) * share),
      ("rate_norm", sqrt(square(scoreRate).summedPerExample()) * share),
      ("score", equation.score), ("score_rate", scoreRate), ("right_hand_side", rightHandSide),
      ("divergence", equation.divergence(directions)),
    ])
  }
}
