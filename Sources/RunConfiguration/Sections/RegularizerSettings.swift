/// The penalty on the score's rotation.
///
/// Source: Chao et al., "On Investigating the Conservative Property of Score-Based Generative
/// Models" (2023), section 4.
public struct RegularizerSettings: Codable, Sendable, Equatable {
  /// Which penalty is added to the loss.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// None.
    case none
    /// Half the squared norm of the Jacobian's antisymmetric part J - J^T.
    case quasiConservative = "quasi_conservative"
  }

  /// How the penalty is computed, with u = J^T v and w = J v for a random v.
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
  /// How the penalty is computed.
  public var estimator = Estimator.skew
  /// The factor lambda of the penalty.
  public var weight = 1e-4
  /// The number K of random vectors for each example.
  public var probes = 1
  /// The distribution of the random vectors.
  public var probe = Probe.rademacher
  /// The power of the noise's standard deviation that weights the penalty: the paper's 2, or 4 for
  /// all noise levels to count alike.
  public var noisePower = 2
  /// The number of steps from one with the penalty to the next; it counts as many times there.
  public var every = 1
  /// The part of each micro-batch that has the penalty, which counts accordingly more.
  public var fraction = 1.0

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
  ]
}
