/// The penalty that is added to score matching.
///
/// Sources: Chao et al., "On Investigating the Conservative Property of Score-Based Generative
/// Models" (2023), section 4; Lai et al., "FP-Diffusion" (2023), section 4.
public struct RegularizerSettings: Codable, Sendable, Equatable {
  /// Which penalty is added to the loss.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// None.
    case none
    /// Half the squared norm of the Jacobian's antisymmetric part J - J^T.
    case quasiConservative = "quasi_conservative"
    /// The residual of the score Fokker-Planck equation.
    case fokkerPlanck = "fokker_planck"
  }

  /// How the quasi-conservative penalty is computed, with u = J^T v and w = J v for a random v.
  public enum Estimator: String, Codable, Sendable, CaseIterable {
    /// |u - w|^2 / 2: unbiased, never negative, little noise near a conservative field.
    case skew
    /// u.u - u.w: unbiased, the form of the paper.
    case paper
    /// From the whole Jacobian, for points of the plane.
    case exact
  }

  /// The distribution of the random vectors.
  public enum Probe: String, Codable, Sendable, CaseIterable {
    /// Each component 1 or -1.
    case rademacher
    /// Each component standard normal.
    case gaussian
  }

  /// Which penalty is added to the loss.
  public var kind = Kind.none
  /// How the quasi-conservative penalty is computed.
  public var estimator = Estimator.skew
  /// The factor of the penalty: lambda, or alpha of the vector term of the Fokker-Planck penalty.
  public var weight = 1e-4
  /// The number K of random vectors for each example.
  public var probes = 1
  /// The distribution of the random vectors.
  public var probe = Probe.rademacher
  /// The power of the noise's standard deviation that weights the quasi-conservative penalty: the paper's 2, or 4 for
  /// all noise levels to count alike.
  public var noisePower = 2
  /// The number of steps from one with the penalty to the next; it counts as many times there.
  public var every = 1
  /// The part of each micro-batch that has the penalty, which counts accordingly more.
  public var fraction = 1.0
  /// The factor beta of the scalar term of the Fokker-Planck penalty; 0 leaves it out.
  public var scalarWeight = 0.0
  /// What its scalar term is the norm of.
  public var scalarForm = ScalarForm.meanZero
  /// The exponent m of its vector term |e|^m / D^m.
  public var exponent = 2
  /// The weight of its vector term at a time.
  public var timeWeight = TimeWeight.likelihood
  /// How the time derivative of the score is computed.
  public var timeDerivative = TimeDerivative.exact
  /// How the divergence of the score is computed.
  public var divergence = Divergence.probes
  /// How the gradient of the right-hand side is computed.
  public var gradient = GradientRoute.nested
  /// Whether the square of the residual is the product of two with random vectors of their own.
  public var pairedProbes = false

  /// Creates the default settings.
  public init() {}

  enum CodingKeys: String, CodingKey {
    case kind
    case estimator
    case weight
    case probes
    case probe
    case noisePower = "noise_power"
    case every
    case fraction
    case scalarWeight = "scalar_weight"
    case scalarForm = "scalar_form"
    case exponent
    case timeWeight = "time_weight"
    case timeDerivative = "time_derivative"
    case divergence
    case gradient
    case pairedProbes = "paired_probes"
  }
}

extension RegularizerSettings.Kind: SettingChoice {}
extension RegularizerSettings.Estimator: SettingChoice {}
extension RegularizerSettings.Probe: SettingChoice {}

extension RegularizerSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.kind, \.kind),
    SettingField(CodingKeys.estimator, \.estimator),
    SettingField(CodingKeys.weight, \.weight, .nonnegative),
    SettingField(CodingKeys.probes, \.probes, .atLeast(1)),
    SettingField(CodingKeys.probe, \.probe),
    SettingField(CodingKeys.noisePower, \.noisePower, .atLeast(0)),
    SettingField(CodingKeys.every, \.every, .atLeast(1)),
    SettingField(CodingKeys.fraction, \.fraction, .fractionAboveZero),
    SettingField(CodingKeys.scalarWeight, \.scalarWeight, .nonnegative),
    SettingField(CodingKeys.scalarForm, \.scalarForm),
    SettingField(CodingKeys.exponent, \.exponent, .atLeast(1)),
    SettingField(CodingKeys.timeWeight, \.timeWeight),
    SettingField(CodingKeys.timeDerivative, \.timeDerivative),
    SettingField(CodingKeys.divergence, \.divergence),
    SettingField(CodingKeys.gradient, \.gradient),
    SettingField(CodingKeys.pairedProbes, \.pairedProbes),
  ]
}
