/// The score-matching loss.
public struct ObjectiveSettings: Codable, Sendable, Equatable {
  /// Which loss has the score as its minimum.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Denoising, from the noise in the data.
    case denoising = "dsm"
    /// Sliced, from the divergence of the score along random vectors.
    case sliced = "ssm"
    /// Implicit, from the exact divergence, for points of the plane.
    case implicit = "ism"
  }

  /// How sliced score matching takes the square of the score s.
  public enum SlicedForm: String, Codable, Sendable, CaseIterable {
    /// |s|^2 / 2, of less variance.
    case reducedVariance = "reduced_variance"
    /// (v.s)^2 / 2 with the random vector v.
    case projected
  }

  /// The weight of each time.
  public enum Weighting: String, Codable, Sendable, CaseIterable {
    /// The variance of the noise.
    case standard = "default"
    /// The squared diffusion, which bounds the likelihood.
    case likelihood
  }

  /// How the squares of one example's residual become one number.
  public enum Reduction: String, Codable, Sendable, CaseIterable {
    /// Half their sum, as for images.
    case halfSum = "half_sum"
    /// Their sum, as for the toy densities.
    case sum
    /// Their mean.
    case mean
  }

  /// Which loss has the score as its minimum.
  public var kind = Kind.denoising
  /// The weight of each time.
  public var weighting = Weighting.standard
  /// How the squares of one example's residual become one number.
  public var reduction = Reduction.halfSum
  /// The power w of the noise's standard deviation s in the residual `s^w score + s^(w - 1) z`.
  public var noisePower = 1

  /// The number of random vectors for each example of sliced score matching.
  public var projections = 1
  /// How sliced score matching takes the square of the score.
  public var slicedForm = SlicedForm.reducedVariance

  /// Creates the default settings.
  public init() {}

  enum CodingKeys: String, CodingKey {
    case kind, weighting, reduction
    case noisePower = "noise_power"
    case projections
    case slicedForm = "sliced_form"
  }
}

extension ObjectiveSettings.Kind: SettingChoice {}
extension ObjectiveSettings.SlicedForm: SettingChoice {}

extension ObjectiveSettings.Weighting: SettingChoice {}
extension ObjectiveSettings.Reduction: SettingChoice {}

extension ObjectiveSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.kind, \.kind),
    SettingField(CodingKeys.weighting, \.weighting),
    SettingField(CodingKeys.reduction, \.reduction),
    SettingField(CodingKeys.projections, \.projections, .atLeast(1)),
    SettingField(CodingKeys.slicedForm, \.slicedForm),
    SettingField(CodingKeys.noisePower, \.noisePower, .atLeast(0)),
  ]
}
