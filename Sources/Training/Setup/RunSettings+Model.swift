public import Networks
public import RunConfiguration
public import Scores

/// What the settings describe, as values of the floors below.
extension RunSettings {
  /// The process that turns data into noise.
  ///
  /// - Returns: The process.
  /// - Throws: `ScoresError` if its numbers do not fit together.
  public func process() throws(ScoresError) -> any SDE {
    switch sde.kind {
    case .ve: try VE(sigmaMin: sde.sigmaMin, sigmaMax: sde.sigmaMax)
    case .vp: try VP(betaMin: sde.betaMin, betaMax: sde.betaMax)
    case .subVP: try SubVP(betaMin: sde.betaMin, betaMax: sde.betaMax)
    }
  }

  /// What the network is told about the noise level.
  ///
  /// VE networks get sigma, of which Fourier features take the logarithm themselves; the others
  /// get 999 t (Song et al. 2021, arXiv 2011.13456, appendix C).
  public var noiseCondition: NoiseCondition {
    sde.kind == .ve ? .sigma : .time(factor: 999)
  }

  /// The network and the convention by which it stands for a score.
  ///
  /// - Returns: The model, without weights.
  /// - Throws: `NetworkError` if options of the network do not fit together.
  public func scoreModel() throws(NetworkError) -> ScoreModel {
    switch model.kind {
    case .mlp:
      // The toys' energy is |x - f|^2 / (2 sigma) in both the paper and its code.
      return ScoreModel(
        network: ToyMLP(outputActivation: toyActivation), conversion: .residual,
        energyForm: model.head == .energy ? .equation : nil)
    case .autoencoder:
      let activation: Autoencoder.HiddenActivation =
        model.activation == .swish ? .swish : .sigmoid
      return ScoreModel(network: Autoencoder(activation: activation), conversion: .direct)
    case .smoothMLP:
      return ScoreModel(network: smoothMLP, conversion: .noise)
    case .conditionedMLP:
      return ScoreModel(network: ConditionedMLP(), conversion: .direct)
    case .resNet18, .resNet34:
      throw NetworkError.unsuitableOption(
        name: "model.kind", found: model.kind.rawValue, expected: "a network that gives a score")
    case .ncsnpp:
      return ScoreModel(
        network: try NCSNpp(networkOptions), conversion: sde.kind == .ve ? .direct : .noise,
        energyForm: model.head == .energy ? energyForm : nil)
    }
  }

  private var energyForm: EnergyForm {
    model.energyForm == .code ? .code : .equation
  }

  // Its output is the noise at all levels; the level is a coordinate of the order of 1.
  private var smoothMLP: SmoothMLP {
    let activation: Activation =
      switch model.activation {
      case .swish: .swish
      case .sigmoid: .sigmoid
      case .softplus: .softplus
      case .tanh: .tanh
      }
    return SmoothMLP(
      dimension: 2,
      hidden: [(width: Int, activation: Activation)](
        repeating: (model.width, activation), count: model.hiddenLayers),
      noiseCoordinate: sde.kind == .ve ? .logarithm : .scaled(1 / 999))
  }

  private var toyActivation: Activation {
    guard model.head == .energy else { return .identity }
    return model.energyActivation == .elu ? .elu : .leakyReLU(slope: 0.1)
  }

  private var networkOptions: NCSNppConfiguration {
    var options = NCSNppConfiguration(
      imageSize: dataset.size, imageChannels: dataset.kind == .cifar10 ? 3 : 1,
      width: model.width, channelMultipliers: model.channelMultipliers,
      residualBlocks: model.residualBlocks)
    options.attentionResolutions = model.attentionResolutions
    options.embedding =
      model.embedding == .fourier ? .fourier(scale: Float(model.fourierScale)) : .positional
    options.resampling =
      model.resampling == .fir ? .filter(taps: model.firKernel.map(Float.init)) : .box
    options.progressiveInput = model.progressiveInput == .residual ? .residual : .none
    options.rescalesSkips = model.skipRescale
    options.dividesBySigma = model.scaleBySigma
    options.isCentred = model.centered
    options.dropout = Float(model.dropout)
    options.initialScale = Float(model.initScale)
    // 28 is no multiple of 8, so these images go through convolutions to 32 and back.
    options.enlargesSmallImages = dataset.size == 28
    return options
  }
}
