/// The network and the head that turns its output into a score.
public struct ModelSettings: Codable, Sendable, Equatable {
  /// The architecture.
  public var kind = Kind.ncsnpp
  /// Whether the score is the network's output or the gradient of an energy.
  public var head = Head.unconstrained
  /// How the energy of NCSN++ is made from its output.
  public var energyForm = EnergyForm.code
  /// The activation that the energy head puts on the output of the MLP.
  public var energyActivation = EnergyActivation.elu
  /// The number of channels at full resolution, or of units of a hidden layer of the smooth MLP.
  public var width = 128
  /// The channels of each resolution as multiples of `width`; each resolution is half the one
  /// before it.
  public var channelMultipliers = [1, 2, 2, 2]
  /// The number of residual blocks of each resolution on the way down.
  public var residualBlocks = 8
  /// The image heights at which residual blocks are followed by attention.
  public var attentionResolutions = [16]
  /// How the noise level enters.
  public var embedding = Embedding.fourier
  /// The standard deviation of the Fourier frequencies.
  public var fourierScale = 16.0
  /// The filter of up- and downsampling.
  public var resampling = Resampling.fir
  /// The taps of the FIR filter along one axis, before normalization.
  public var firKernel = [1.0, 3.0, 3.0, 1.0]
  /// Whether a pyramid of the input is added at each resolution.
  public var progressiveInput = ProgressiveInput.residual
  /// Whether sums of a residual block and its shortcut are divided by the square root of 2.
  public var skipRescale = true
  /// Whether the output is divided by the noise's standard deviation.
  public var scaleBySigma = true
  /// Whether the data lie in [-1, 1] already; otherwise the network maps [0, 1] there.
  public var centered = false
  /// The probability with which an activation is dropped in training.
  public var dropout = 0.0
  /// The variance scale of each block's last convolution; 0 means practically zero.
  public var initScale = 0.0
  /// The hidden activation of the autoencoder or the smooth MLP.
  public var activation = Activation.swish
  /// The number of hidden layers of the smooth MLP.
  public var hiddenLayers = 3

  /// Creates the default settings.
  public init() {}
}

extension ModelSettings {
  enum CodingKeys: String, CodingKey {
    case kind, head
    case energyForm = "energy_form"
    case energyActivation = "energy_activation"
    case width
    case channelMultipliers = "channel_multipliers"
    case residualBlocks = "residual_blocks"
    case attentionResolutions = "attention_resolutions"
    case embedding
    case fourierScale = "fourier_scale"
    case resampling
    case firKernel = "fir_kernel"
    case progressiveInput = "progressive_input"
    case skipRescale = "skip_rescale"
    case scaleBySigma = "scale_by_sigma"
    case centered, dropout
    case initScale = "init_scale"
    case activation
    case hiddenLayers = "hidden_layers"
  }
}

extension ModelSettings: SettingsSection {
  static let fields: [SettingField<Self>] = [
    SettingField(CodingKeys.kind, \.kind, isRequired: true),
    SettingField(CodingKeys.head, \.head),
    SettingField(CodingKeys.energyForm, \.energyForm),
    SettingField(CodingKeys.energyActivation, \.energyActivation),
    SettingField(
      CodingKeys.width, \.width, SettingRange("divisible by 4") { $0 > 0 && $0 % 4 == 0 }),
    SettingField(
      CodingKeys.channelMultipliers, \.channelMultipliers, .each(.atLeast(1), count: 1)),
    SettingField(CodingKeys.residualBlocks, \.residualBlocks, .atLeast(1)),
    SettingField(
      CodingKeys.attentionResolutions, \.attentionResolutions, .each(.atLeast(1), count: 0)),
    SettingField(CodingKeys.embedding, \.embedding),
    SettingField(CodingKeys.fourierScale, \.fourierScale, .positive),
    SettingField(CodingKeys.resampling, \.resampling),
    SettingField(CodingKeys.firKernel, \.firKernel, firTaps),
    SettingField(CodingKeys.progressiveInput, \.progressiveInput),
    SettingField(CodingKeys.skipRescale, \.skipRescale),
    SettingField(CodingKeys.scaleBySigma, \.scaleBySigma),
    SettingField(CodingKeys.centered, \.centered),
    SettingField(CodingKeys.dropout, \.dropout, .fractionBelowOne),
    SettingField(CodingKeys.initScale, \.initScale, .nonnegative),
    SettingField(CodingKeys.activation, \.activation),
    SettingField(CodingKeys.hiddenLayers, \.hiddenLayers, .atLeast(1)),
  ]

  private static var firTaps: SettingRange<[Double]> {
    SettingRange("(not empty, with a sum above 0)") { $0.reduce(0, +) > 0 }
  }
}
