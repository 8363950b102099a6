/// How a model's field is held against the exact score of noisy data, in a handful of dimensions.
public struct FieldPlan: Sendable, Equatable {
  /// Which noise goes with which question to the model.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// The model is asked at the time of the noise; the exact score is that of the data.
    case matched
    /// As the implementation of Chao et al. 2023 (QCSBM, section 3.2) has it: noise of time
    /// `k / (n + 1)`, a model asked at `(k + 1) / n`, a Parzen score around points that have noise of
    /// the same strength themselves, 1e-8 added to the sum of its densities, and for NAsym a mean of
    /// ratios. Their Table 1 depends on it.
    case reference
  }

  /// A noise level: the time of the noise, and that at which the model is asked.
  public struct Level: Sendable, Equatable {
    /// The time whose noise the points have.
    public let noiseTime: Double
    /// The time at which the model is asked.
    public let modelTime: Double
  }

  /// Which noise goes with which question.
  public var form: Form
  /// The noise levels in ascending order.
  public var levels: [Level]
  /// The number of points at which the field is measured, from the beginning of the data set.
  public var examples: Int
  /// The seed of the noise.
  public var seed: UInt64

  /// The number of points of a unit of work, whatever the number of ranks.
  static let unit = 500

  /// Describes a measurement.
  ///
  /// - Parameters:
  ///   - form: Which noise goes with which question.
  ///   - levels: The number of levels n, at least one.
  ///   - epsilon: The smallest time of the matched form, whose levels are the middles of equal parts
  ///     of [epsilon, 1].
  ///   - examples: The number of points, at least one.
  ///   - seed: The seed of the noise.
  public init(
    _ form: Form = .matched, levels: Int = 10, epsilon: Double = 1e-5, examples: Int = 5000,
    seed: UInt64
  ) {
    precondition(levels >= 1 && examples >= 1, "an empty plan")
    self.form = form
    self.examples = examples
    self.seed = seed
    switch form {
    case .matched:
      self.levels = EvaluationPlan.times(count: levels, epsilon: epsilon).map {
        Level(noiseTime: $0, modelTime: $0)
      }
    case .reference:
      self.levels = (0..<levels).map {
        Level(
          noiseTime: Double($0) / Double(levels + 1), modelTime: Double($0 + 1) / Double(levels))
      }
    }
  }
}
