public import Scores

/// How the log-likelihood of examples is computed.
public struct LikelihoodPlan: Sendable, Equatable {
  /// How the divergence of the flow is computed.
  public enum Divergence: String, Sendable, Codable, CaseIterable {
    /// From the whole Jacobian, one pass for each dimension.
    case exact
    /// By Hutchinson's estimate with one Rademacher probe for each example, fixed along its path.
    case hutchinson
  }

  /// The number of examples, from the beginning of the data set.
  public var examples: Int
  /// The number of examples that share the solver's step sizes, whatever the number of ranks.
  public var groupSize: Int
  /// How often each example is measured, with fresh probes and fresh dequantization.
  public var draws: Int
  /// How the divergence is computed.
  public var divergence: Divergence
  /// The solver and its tolerances.
  public var solver: RungeKutta45
  /// The time nearest to the data.
  public var epsilon: Double
  /// Whether uniform noise of one grey level is added, `(255 x + u) / 256`.
  public var dequantizes: Bool
  /// The interval of the data that sets the offset of bits per dimension; nil for no offset.
  public var range: DataRange?
  /// The seed of probes and dequantization.
  public var seed: UInt64
  /// The number of examples of one run of the program.
  public var unit: Int

  /// Describes a measurement.
  ///
  /// - Parameters:
  ///   - examples: The number of examples, at least one.
  ///   - groupSize: The number of examples that share the solver's step sizes.
  ///   - draws: How often each example is measured.
  ///   - divergence: How the divergence is computed.
  ///   - solver: The solver and its tolerances.
  ///   - epsilon: The time nearest to the data.
  ///   - dequantizes: Whether uniform noise of one grey level is added.
  ///   - range: The interval of the data that sets the offset of bits per dimension.
  ///   - seed: The seed of probes and dequantization.
  ///   - unit: The number of examples of one run of the program.
  public init(
    examples: Int, groupSize: Int, draws: Int = 1, divergence: Divergence, solver: RungeKutta45,
    epsilon: Double = 1e-5, dequantizes: Bool = false, range: DataRange? = nil, seed: UInt64,
    unit: Int
  ) {
    precondition(examples >= 1 && groupSize >= 1 && draws >= 1 && unit >= 1, "an empty plan")
    self.examples = examples
    self.groupSize = groupSize
    self.draws = draws
    self.divergence = divergence
    self.solver = solver
    self.epsilon = epsilon
    self.dequantizes = dequantizes
    self.range = range
    self.seed = seed
    self.unit = min(unit, groupSize, examples)
  }
}
