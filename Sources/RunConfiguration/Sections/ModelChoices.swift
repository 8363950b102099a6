extension ModelSettings {
  /// The architecture.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// The small network of the plane's toy densities.
    case mlp
    /// The U-Net of Song et al. (2021), with BigGAN residual blocks.
    case ncsnpp
    /// One hidden layer with untied weights in the plane.
    case autoencoder
    /// A perceptron of the plane with smooth activations and the noise level as a coordinate.
    case smoothMLP = "smooth_mlp"
    /// The small network of the plane that is told sigma, as a score or a classifier.
    case conditionedMLP = "conditioned_mlp"
    /// The residual classifier of 18 layers that is told sigma.
    case resNet18 = "resnet18"
    /// The residual classifier of 34 layers that is told sigma.
    case resNet34 = "resnet34"
  }

  /// Whether the score is the network's output or the gradient of an energy.
  public enum Head: String, Codable, Sendable, CaseIterable {
    /// The network's output is the score.
    case unconstrained
    /// The score is the gradient of a scalar made from the output, conservative by construction.
    case energy
  }

  /// How the energy of NCSN++ is made from its output.
  public enum EnergyForm: String, Codable, Sendable, CaseIterable {
    /// From the output that is already divided by sigma, as the paper's code has it.
    case code
    /// From the difference of input and output, as the paper's equation has it.
    case equation
  }

  /// The activation that the energy head puts on the output of the MLP.
  public enum EnergyActivation: String, Codable, Sendable, CaseIterable {
    /// The exponential linear unit, used for spirals and checkerboard.
    case elu
    /// The leaky rectifier with slope 0.1, used for 8-Gaussians.
    case leakyReLU = "leaky_relu"
  }

  /// How the noise level enters.
  public enum Embedding: String, Codable, Sendable, CaseIterable {
    /// Sines and cosines of the logarithm at random frequencies.
    case fourier
    /// Sines and cosines at geometrically spaced frequencies.
    case positional
  }

  /// The filter of up- and downsampling.
  public enum Resampling: String, Codable, Sendable, CaseIterable {
    /// The separable filter given by `fir_kernel`.
    case fir
    /// Nearest neighbour up, mean of two by two pixels down.
    case plain
  }

  /// Whether a pyramid of the input is added at each resolution.
  public enum ProgressiveInput: String, Codable, Sendable, CaseIterable {
    /// No pyramid.
    case none
    /// Each resolution adds a filtered and convolved copy of the resolution above.
    case residual
  }

  /// The hidden activation of the autoencoder or the smooth MLP.
  public enum Activation: String, Codable, Sendable, CaseIterable {
    /// Swish; in the autoencoder with a learned slope.
    case swish
    /// The logistic function.
    case sigmoid
    /// The logarithm of 1 + exp(x), for the smooth MLP.
    case softplus
    /// The hyperbolic tangent, for the smooth MLP.
    case tanh
  }
}

extension ModelSettings.Kind: SettingChoice {}
extension ModelSettings.Head: SettingChoice {}
extension ModelSettings.EnergyForm: SettingChoice {}
extension ModelSettings.EnergyActivation: SettingChoice {}
extension ModelSettings.Embedding: SettingChoice {}
extension ModelSettings.Resampling: SettingChoice {}
extension ModelSettings.ProgressiveInput: SettingChoice {}
extension ModelSettings.Activation: SettingChoice {}
