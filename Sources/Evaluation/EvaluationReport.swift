/// What was measured of a model.
public struct EvaluationReport: Sendable, Equatable, Codable {
  /// The numbers of one noise level, or their means over all levels.
  ///
  /// With J the score's Jacobian, Asym is `1/2 |J - J^T|_F^2` and NAsym is
  /// `1/4 |J - J^T|_F^2 / |J|_F^2`, from 0 (conservative) to 1 (Chao et al. 2023, section 3).
  public struct Measures: Sendable, Equatable, Codable {
    /// The denoising loss, weighted by the noise's variance.
    public var dsm: Estimate
    /// Asym of an example.
    public var asymmetry: Estimate
    /// Asym times the noise's variance.
    public var weightedAsymmetry: Estimate
    /// NAsym.
    public var normalizedAsymmetry: Estimate

    enum CodingKeys: String, CodingKey {
      case dsm
      case asymmetry = "asym"
      case weightedAsymmetry = "asym_weighted"
      case normalizedAsymmetry = "nasym"
    }
  }

  /// One noise level.
  public struct Level: Sendable, Equatable, Codable {
    /// The time of the process.
    public var time: Double
    /// The standard deviation of the noise.
    public var std: Double
    /// The numbers.
    public var measures: Measures
  }

  /// The number of examples.
  public var examples: Int
  /// How the asymmetry was estimated.
  public var estimator: EvaluationPlan.Estimator
  /// The number of probes for each example and level; 0 where the whole Jacobian was computed.
  public var probes: Int
  /// The levels in ascending order of time.
  public var levels: [Level]
  /// Means over the levels.
  ///
  /// All levels share their examples, which the standard errors take into account.
  public var mean: Measures
}

/// The numbers of each level as they enter a mean over the levels.
struct LevelSummary {
  /// An estimate and what each example contributes to its deviation.
  struct Part {
    var value: Double
    var deviations: [Double]

    init(value: Double, deviations: [Double]) {
      (self.value, self.deviations) = (value, deviations)
    }

    init(meanOf examples: [Double]) {
      let mean = examples.reduce(0, +) / Double(examples.count)
      self.init(value: mean, deviations: examples.map { $0 - mean })
    }

    /// The mean of parts over the same examples.
    init(meanOf parts: [Part]) {
      let share = 1 / Double(parts.count)
      var deviations = [Double](repeating: 0, count: parts[0].deviations.count)
      for part in parts {
        for index in deviations.indices { deviations[index] += share * part.deviations[index] }
      }
      self.init(value: parts.reduce(0) { $0 + $1.value } * share, deviations: deviations)
    }

    func scaled(by factor: Double) -> Part {
      Part(value: factor * value, deviations: deviations.map { factor * $0 })
    }

    var estimate: Estimate { Estimate(value: value, deviations: deviations) }
  }

  var dsm: Part
  var asymmetry: Part
  var weightedAsymmetry: Part
  var normalizedAsymmetry: Part

  /// Summarises the examples of one level.
  init(_ measures: ExampleMeasures, std: Double, estimator: EvaluationPlan.Estimator) {
    dsm = Part(meanOf: measures.dsm)
    switch estimator {
    case .skew:
      asymmetry = Part(meanOf: measures.skew)
      let ratio = RatioOfMeans(measures.skew.map { 0.5 * $0 }, over: measures.traceJJt)
      normalizedAsymmetry = Part(value: ratio.value, deviations: ratio.deviations)
    case .reference:
      let differences = zip(measures.traceJJt, measures.traceJJ).map { $0 - $1 }
      asymmetry = Part(meanOf: differences)
      normalizedAsymmetry = Part(
        meanOf: zip(differences, measures.traceJJt).map { 0.5 * $0 / ($1 + 1e-8) })
    }
    weightedAsymmetry = asymmetry.scaled(by: std * std)
  }

  /// The means over levels.
  init(meanOf levels: [LevelSummary]) {
    dsm = Part(meanOf: levels.map(\.dsm))
    asymmetry = Part(meanOf: levels.map(\.asymmetry))
    weightedAsymmetry = Part(meanOf: levels.map(\.weightedAsymmetry))
    normalizedAsymmetry = Part(meanOf: levels.map(\.normalizedAsymmetry))
  }

  var measures: EvaluationReport.Measures {
    EvaluationReport.Measures(
      dsm: dsm.estimate, asymmetry: asymmetry.estimate,
      weightedAsymmetry: weightedAsymmetry.estimate,
      normalizedAsymmetry: normalizedAsymmetry.estimate)
  }
}
