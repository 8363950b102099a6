public import Autodiff

/// A residual network for small images that is told the noise level.
///
/// The trunk is the ResNet of He et al. (2016) for 32 x 32 images: a 3 x 3 convolution, stages of
/// basic blocks each of which but the first halves the extent, a mean over all pixels, and a dense
/// layer. After each stage a dense map of the embedded noise level is added to every pixel (Chao et
/// al. 2022, "Denoising Likelihood Score Matching", arXiv 2203.14206, and the authors' code).
public struct ConditionedResNet: ClassifierNetwork {
  /// What distinguishes one such network from another.
  public struct Configuration: Sendable, Hashable {
    /// The height and width of the images.
    public var imageSize = 32
    /// The number of channels of the images.
    public var imageChannels = 3
    /// The number of classes.
    public var classes = 10
    /// The number of channels of each stage.
    public var widths = [64, 128, 256, 512]
    /// The number of blocks of each stage.
    public var blocks = [2, 2, 2, 2]
    /// The number of Fourier frequencies of the logarithm of sigma.
    public var embeddingWidth = 32
    /// The standard deviation of the Fourier frequencies.
    public var fourierScale: Float = 16

    /// ResNet-18 for images in ten classes.
    public init() {}

    /// ResNet-18, with 11,322,634 trained parameters for ten classes of RGB images.
    public static let resNet18 = Configuration()

    /// ResNet-34, with 21,476,964 trained parameters for a hundred classes of RGB images.
    public static var resNet34: Configuration {
      var configuration = Configuration()
      configuration.blocks = [3, 4, 6, 3]
      return configuration
    }
  }

  /// The options.
  public let configuration: Configuration
  private let embedding: EmbeddingNetwork
  private let first: Convolution2D
  private let firstNormalization: BatchNormalization
  private let stages: [[BasicBlock]]
  private let shifts: [Dense]
  private let last: Dense

  /// Describes a network.
  ///
  /// - Parameter configuration: The options.
  /// - Throws: ``NetworkError`` if the options do not fit together.
  public init(_ configuration: Configuration) throws(NetworkError) {
    let (widths, blocks) = (configuration.widths, configuration.blocks)
    guard !widths.isEmpty, widths.count == blocks.count, blocks.allSatisfy({ $0 >= 1 }) else {
      throw .unsuitableOption(
        name: "blocks", found: "\(blocks)", expected: "a number for each of the widths \(widths)")
    }
    guard configuration.imageSize.isMultiple(of: 1 << (widths.count - 1)) else {
      throw .unsuitableOption(
        name: "imageSize", found: "\(configuration.imageSize)",
        expected: "a multiple of \(1 << (widths.count - 1)) for \(widths.count) stages")
    }
    self.configuration = configuration
    var names = ["fourier", "time_1", "time_2"].makeIterator()
    embedding = EmbeddingNetwork(
      .fourier(scale: configuration.fourierScale), width: configuration.embeddingWidth
    ) { names.next() ?? "" }
    first = Convolution2D(
      uniform: "conv1", from: configuration.imageChannels, to: widths[0], kernel: 3, padding: 1)
    firstNormalization = BatchNormalization("bn1", channels: widths[0])
    stages = widths.indices.map { Self.stage($0, widths: widths, blocks: blocks[$0]) }
    shifts = widths.indices.map {
      Dense(uniform: "dense.\($0)", from: 4 * configuration.embeddingWidth, to: widths[$0])
    }
    last = Dense(uniform: "linear", from: widths[widths.count - 1], to: configuration.classes)
  }

  private static func stage(_ index: Int, widths: [Int], blocks: Int) -> [BasicBlock] {
    (0..<blocks).map { block in
      let isFirst = block == 0
      return BasicBlock(
        blocks == 1 ? "stages.\(index)" : "stages.\(index).\(block)",
        from: isFirst ? widths[max(index - 1, 0)] : widths[index], to: widths[index],
        stride: isFirst && index > 0 ? 2 : 1)
    }
  }

  /// The shape of one example, `[C, H, W]`.
  public var exampleShape: Shape {
    [configuration.imageChannels, configuration.imageSize, configuration.imageSize]
  }

  /// The number of classes.
  public var classes: Int { configuration.classes }

  /// All parameters, the frequencies and running statistics included.
  public var parameters: [Parameter] {
    embedding.parameters + [first.weight] + firstNormalization.parameters
      + stages.joined().flatMap(\.parameters) + shifts.flatMap(\.parameters) + last.parameters
  }

  /// Builds the logits, as ``ClassifierNetwork`` describes; `noise` is sigma.
  public func logits(
    _ x: Value, noise: Value, parameters: ParameterValues, statistics: BatchStatistics?
  ) -> Value {
    checkShapes(x, noise: noise)
    let embedded = embedding(noise, parameters, recorder: nil)
    var hidden = Activation.relu(
      firstNormalization(first.product(x, parameters), parameters, statistics: statistics))
    for (stage, shift) in zip(stages, shifts) {
      for block in stage { hidden = block(hidden, parameters, statistics: statistics) }
      hidden =
        hidden
        + shift(embedded, parameters).reshaped(
          to: [x.shape[0], hidden.shape[1], 1, 1])
    }
    return last(hidden.mean([2, 3], droppingAxes: true), parameters)
  }
}
