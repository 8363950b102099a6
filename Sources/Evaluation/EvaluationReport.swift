/// What was measured of a model.
public struct EvaluationReport: Sendable, Equatable, Codable {
  /// The numbers of one noise level, or their means over all levels.
  ///
  /// With J the score's Jacobian, Asym is `1/2 |J - J^T|_F^2` and NAsym is
  /// `1/4 |J - J^T|_F^2 / |J|_F^2`, from 0 (conservative) to 1 (Chao et al. 2023, section 3).
  public struct Measures: Sendable, Equatable, Codable {
    /// The denoising loss, weighted by the noise's variance.
    public var dsm: Estimate
    /// Asym; nil where only the loss was measured, as for the next two.
    public var asymmetry: Estimate?
    /// Asym times the noise's variance.
    public var weightedAsymmetry: Estimate?
    /// NAsym.
    public var normalizedAsymmetry: Estimate?

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
