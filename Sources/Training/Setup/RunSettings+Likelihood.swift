public import Evaluation
public import RunConfiguration
public import Scores

extension RunSettings {
  /// How the likelihood of examples is computed.
  ///
  /// - Parameter available: The number of examples.
  /// - Returns: The plan, the same on any number of ranks.
  /// - Throws: `ScoresError` if the tolerances are out of range.
  public func likelihoodPlan(available: Int) throws(ScoresError) -> LikelihoodPlan {
    let wanted = evaluation.examples == 0 ? available : evaluation.examples
    return LikelihoodPlan(
      examples: min(wanted, available), groupSize: evaluation.groupSize, draws: evaluation.draws,
      divergence: likelihoodDivergence,
      solver: try RungeKutta45(
        relativeTolerance: evaluation.rtol, absoluteTolerance: evaluation.atol),
      // Training may go down to time 0, which the flow's integral does not.
      epsilon: max(sde.timeEpsilon, 1e-5),
      dequantizes: evaluation.dequantize && !dataset.isToy, range: likelihoodRange, seed: seed,
      unit: largestEvaluationUnit)
  }

  /// How the field of a model of points is held against the Parzen score.
  ///
  /// - Parameters:
  ///   - form: Which noise goes with which question to the model.
  ///   - available: The number of points.
  /// - Returns: The plan, the same on any number of ranks.
  public func fieldPlan(_ form: FieldPlan.Form, available: Int) -> FieldPlan {
    let wanted = evaluation.examples == 0 ? available : evaluation.examples
    return FieldPlan(
      form, levels: evaluation.levels, epsilon: sde.timeEpsilon,
      examples: min(wanted, available), seed: seed)
  }

  /// How a model's departure from the score Fokker-Planck equation is measured.
  ///
  /// The divergence is exact for points; that of images is estimated with `evaluation.probes`.
  ///
  /// - Parameters:
  ///   - available: The number of examples.
  ///   - dimensions: The number of coordinates of an example.
  /// - Returns: The plan, the same on any number of ranks.
  public func residualPlan(available: Int, dimensions: Int) -> ResidualPlan {
    let plan = evaluationPlan(available: available)
    let isExact = dimensions <= EvaluationPlan.largestExactDimension
    return ResidualPlan(
      times: EvaluationPlan.times(count: evaluation.levels, epsilon: sde.timeEpsilon),
      examples: plan.examples,
      method: FokkerPlanck(
        strength: 1, divergence: isExact ? .exact : .probes, probes: evaluation.probes),
      seed: seed, unit: plan.unit)
  }

  private var likelihoodDivergence: LikelihoodPlan.Divergence {
    switch evaluation.divergence {
    case .auto: dataset.isToy ? .exact : .hutchinson
    case .exact: .exact
    case .hutchinson: .hutchinson
    }
  }

  private var likelihoodRange: DataRange? {
    switch evaluation.bitsOffset {
    case .auto: dataset.isToy ? nil : model.centered ? .centred : .unit
    case .none: nil
    case .unit: .unit
    case .centred: .centred
    }
  }
}
