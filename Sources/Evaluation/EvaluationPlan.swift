/// What is measured of a model: at which noise levels, on how many examples, by which estimator.
public struct EvaluationPlan: Sendable, Equatable {
  /// How the asymmetry of a Jacobian J is estimated, with `u = J^T v` and `w = J v`.
  public enum Estimator: String, Sendable, Codable, CaseIterable {
    /// `1/2 |u - w|^2`, and a ratio of means for NAsym; the whole Jacobian in a few dimensions.
    case skew
    /// `u.u - u.w`, and for NAsym a mean over examples of `1/2 (u.u - u.w) / (u.u + 1e-8)`.
    ///
    /// So does the implementation of Chao et al. 2023. It is noisy near a conservative field, and
    /// its NAsym is biased and may be negative.
    case reference
  }

  /// The times of the noise levels.
  public var times: [Double]
  /// The number of examples, taken from the beginning of the data set.
  public var examples: Int
  /// The number of random probes for each example and level.
  public var probes: Int
  /// Whether the asymmetry is measured beside the loss, at several times the work.
  public var measuresRotation: Bool
  /// How the asymmetry is estimated.
  public var estimator: Estimator
  /// The seed of noise and probes.
  public var seed: UInt64
  /// The number of examples of one run of the program, whatever the number of ranks.
  public var unit: Int

  /// Describes an evaluation.
  ///
  /// - Parameters:
  ///   - times: The times of the noise levels, at least one, in (0, 1].
  ///   - examples: The number of examples, at least one.
  ///   - probes: The number of random probes for each example and level.
  ///   - measuresRotation: Whether the asymmetry is measured beside the loss.
  ///   - estimator: How the asymmetry is estimated.
  ///   - seed: The seed of noise and probes.
  ///   - unit: The number of examples of one run of the program.
  public init(
    times: [Double], examples: Int, probes: Int = 1, measuresRotation: Bool = true,
    estimator: Estimator = .skew, seed: UInt64, unit: Int
  ) {
    precondition(!times.isEmpty && examples >= 1 && probes >= 1 && unit >= 1, "an empty plan")
    self.times = times
    self.examples = examples
    self.probes = probes
    self.measuresRotation = measuresRotation
    self.estimator = estimator
    self.seed = seed
    self.unit = min(unit, examples)
  }

  /// Times that represent all noise levels.
  ///
  /// The default estimator takes the middles of equal parts of [epsilon, 1], so that a mean over the
  /// levels approximates the mean over time. The reference takes the lower ends of the parts.
  ///
  /// - Parameters:
  ///   - count: The number of levels, at least one.
  ///   - epsilon: The smallest time of training.
  ///   - estimator: Whose convention is followed.
  /// - Returns: Ascending times.
  public static func times(
    count: Int, epsilon: Double, estimator: Estimator = .skew
  ) -> [Double] {
    let shift = estimator == .skew ? 0.5 : 0
    return (0..<count).map {
      (Double($0) + shift) / Double(count) * (1 - epsilon) + epsilon
    }
  }

  /// The largest example of which the whole Jacobian is computed.
  public static let largestExactDimension = 8

  func isExact(for model: DiffusionModel) -> Bool {
    estimator == .skew && model.dimensions <= Self.largestExactDimension
  }
}
