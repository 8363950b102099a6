/// How far a model's field is from the exact score and from a gradient field.
public struct FieldReport: Sendable, Equatable, Codable {
  /// The numbers of one noise level, or their means over all levels.
  public struct Measures: Sendable, Equatable, Codable {
    /// `1/2 |s - s*|^2` with s* the Parzen score, not weighted by the noise.
    public var scoreError: Estimate
    /// Asym, `1/2 |J - J^T|_F^2` of the score's Jacobian J.
    public var asymmetry: Estimate
    /// NAsym, `1/4 |J - J^T|_F^2 / |J|_F^2`.
    public var normalizedAsymmetry: Estimate

    enum CodingKeys: String, CodingKey {
      case scoreError = "score_error"
      case asymmetry = "asym"
      case normalizedAsymmetry = "nasym"
    }
  }

  /// One noise level.
  public struct Level: Sendable, Equatable, Codable {
    /// The time of the points' noise.
    public var time: Double
    /// The standard deviation of the points' noise.
    public var std: Double
    /// The numbers.
    public var measures: Measures
  }

  /// Which noise goes with which question to the model.
  public var form: FieldPlan.Form
  /// The number of points.
  public var examples: Int
  /// The levels in ascending order of time.
  public var levels: [Level]
  /// Means over the levels, which share their points.
  public var mean: Measures
}

/// What is measured at each point of one level: its columns, one number for each point.
struct FieldSummary {
  static let columns = 3

  let scoreError: Statistic
  let asymmetry: Statistic
  let normalized: Statistic

  /// Summarises rows of squared error, asymmetry and squared norm of the Jacobian.
  init(rows: ArraySlice<Double>, form: FieldPlan.Form) {
    func column(_ index: Int) -> [Double] {
      stride(from: rows.startIndex + index, to: rows.endIndex, by: Self.columns).map { rows[$0] }
    }
    let (asymmetries, norms) = (column(1), column(2))
    scoreError = Statistic(meanOf: column(0))
    asymmetry = Statistic(meanOf: asymmetries)
    switch form {
    case .matched:
      normalized = Statistic(ratioOf: asymmetries, over: norms).scaled(by: 0.5)
    case .reference:
      normalized = Statistic(meanOf: zip(asymmetries, norms).map { 0.5 * $0 / ($1 + 1e-8) })
    }
  }

  init(meanOf levels: [FieldSummary]) {
    scoreError = Statistic(meanOf: levels.map(\.scoreError))
    asymmetry = Statistic(meanOf: levels.map(\.asymmetry))
    normalized = Statistic(meanOf: levels.map(\.normalized))
  }

  var measures: FieldReport.Measures {
    FieldReport.Measures(
      scoreError: scoreError.estimate, asymmetry: asymmetry.estimate,
      normalizedAsymmetry: normalized.estimate)
  }
}
