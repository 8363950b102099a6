/// The options of an NCSN++ or DDPM++ network.
///
/// See Song et al., "Score-based generative modeling through stochastic differential equations"
/// (2021), appendix H.
public struct NCSNppConfiguration: Sendable, Hashable {
  /// What the network is given of its input beside the first convolution.
  public enum ProgressiveInput: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case none
    /// A pyramid of ever smaller inputs, added at each halving.
    case residual
  }

  /// The extent of the square images, in pixels.
  public var imageSize: Int
  /// The number of colours.
  public var imageChannels: Int
  /// The number of channels at full extent (`nf`).
  public var width: Int
  /// The number of channels at each extent, in multiples of `width`; each is half the last.
  public var channelMultipliers: [Int]
  /// The number of residual blocks at each extent on the way down; one more on the way up.
  public var residualBlocks: Int
  /// The extents at which blocks are followed by attention; the middle always has it.
  public var attentionResolutions: [Int] = [16]
  /// How the noise level becomes features.
  public var embedding: NoiseEmbedding = .fourier(scale: 16)
  /// How images are halved and doubled.
  public var resampling: Resampling = .fir
  /// Whether smaller inputs are added on the way down.
  public var progressiveInput: ProgressiveInput = .residual
  /// Whether sums with a skip connection are divided by the square root of 2.
  public var rescalesSkips = true
  /// Whether the output is divided by the noise level.
  public var dividesBySigma = true
  /// Whether images are centred already; otherwise the network maps `[0, 1]` to `[-1, 1]`.
  public var isCentred = false
  /// The probability with which a residual block drops an element.
  public var dropout: Float = 0
  /// The variance scale of the layers that end a block or the network; 0 for almost silent ones.
  public var initialScale: Float = 0
  /// Whether 28-pixel images of one channel are enlarged to 32 by convolutions (`ncsnpp_mod`).
  public var enlargesSmallImages = false

  /// The options of NCSN++ for VE processes, of a given size.
  ///
  /// - Parameters:
  ///   - imageSize: The extent of the square images, in pixels.
  ///   - imageChannels: The number of colours.
  ///   - width: The number of channels at full extent.
  ///   - channelMultipliers: The number of channels at each extent, in multiples of `width`.
  ///   - residualBlocks: The number of residual blocks at each extent.
  public init(
    imageSize: Int, imageChannels: Int, width: Int, channelMultipliers: [Int],
    residualBlocks: Int
  ) {
    self.imageSize = imageSize
    self.imageChannels = imageChannels
    self.width = width
    self.channelMultipliers = channelMultipliers
    self.residualBlocks = residualBlocks
  }

  /// NCSN++ for 32-pixel colour images: 4 residual blocks an extent, or 8 in the deep model.
  public static func ncsnpp(residualBlocks: Int) -> NCSNppConfiguration {
    var configuration = NCSNppConfiguration(
      imageSize: 32, imageChannels: 3, width: 128, channelMultipliers: [1, 2, 2, 2],
      residualBlocks: residualBlocks)
    configuration.dropout = 0.1
    return configuration
  }

  /// DDPM++ for 32-pixel colour images: 4 residual blocks an extent, or 8 in the deep model.
  public static func ddpmpp(residualBlocks: Int) -> NCSNppConfiguration {
    var configuration = ncsnpp(residualBlocks: residualBlocks)
    configuration.embedding = .positional
    configuration.resampling = .box
    configuration.progressiveInput = .none
    configuration.dividesBySigma = false
    configuration.isCentred = true
    return configuration
  }

  /// The extent at which the network works.
  var innerSize: Int { enlargesSmallImages ? 32 : imageSize }
}
