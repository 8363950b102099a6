/// The statistics of one noise level, or their means over levels.
struct LevelSummary {
  /// The statistics of the field's rotation.
  struct Rotation {
    let asymmetry: Statistic
    let weighted: Statistic
    let normalized: Statistic
  }

  let dsm: Statistic
  let rotation: Rotation?

  /// Summarises the examples of one level.
  ///
  /// With `E 1/2 |u - w|^2 = 1/2 |J - J^T|_F^2` and `E u.u = |J|_F^2` over probes, NAsym is half of
  /// the first over the second (Chao et al. 2023, section 3).
  init(_ measures: ExampleMeasures, std: Double, estimator: EvaluationPlan.Estimator) {
    dsm = Statistic(meanOf: measures.dsm)
    rotation = measures.rotation.map { rotation in
      let (asymmetry, normalized): (Statistic, Statistic)
      switch estimator {
      case .skew:
        asymmetry = Statistic(meanOf: rotation.skew)
        normalized = Statistic(ratioOf: rotation.skew, over: rotation.traceJJt).scaled(by: 0.5)
      case .reference:
        let differences = zip(rotation.traceJJt, rotation.traceJJ).map { $0 - $1 }
        asymmetry = Statistic(meanOf: differences)
        normalized = Statistic(
          meanOf: zip(differences, rotation.traceJJt).map { 0.5 * $0 / ($1 + 1e-8) })
      }
      return Rotation(
        asymmetry: asymmetry, weighted: asymmetry.scaled(by: std * std), normalized: normalized)
    }
  }

  /// The means over levels.
  init(meanOf levels: [LevelSummary]) {
    dsm = Statistic(meanOf: levels.map(\.dsm))
    let rotations = levels.compactMap(\.rotation)
    rotation =
      rotations.isEmpty
      ? nil
      : Rotation(
        asymmetry: Statistic(meanOf: rotations.map(\.asymmetry)),
        weighted: Statistic(meanOf: rotations.map(\.weighted)),
        normalized: Statistic(meanOf: rotations.map(\.normalized)))
  }

  var measures: EvaluationReport.Measures {
    EvaluationReport.Measures(
      dsm: dsm.estimate, asymmetry: rotation?.asymmetry.estimate,
      weightedAsymmetry: rotation?.weighted.estimate,
      normalizedAsymmetry: rotation?.normalized.estimate)
  }
}
