/// The modules of an NCSN++ in the reference implementation's order, which numbers them.
struct NCSNppLayout: Sendable {
  /// One step of the network's body.
  struct Step: Sendable {
    enum Module: Sendable {
      case residual(ResidualBlock)
      case attention(SelfAttention)
      case pyramid(PyramidDownsampling)
    }

    let module: Module
    /// Whether the newest kept result is taken and joined to the channels first.
    let joinsSkip: Bool
    /// Whether the result is kept for the way up.
    var keepsResult: Bool
  }

  private(set) var embedding: EmbeddingNetwork
  private(set) var first: Convolution2D
  private(set) var steps: [Step] = []
  private(set) var tail: GroupNormalization
  private(set) var last: Convolution2D
  /// The names of the modules outside the body: first convolution, tail, last convolution.
  let ends: [String]

  /// - Throws: ``NetworkError`` if the options describe no network.
  init(_ configuration: NCSNppConfiguration) throws(NetworkError) {
    try configuration.validate()
    var body = BodyBuilder(configuration)
    embedding = EmbeddingNetwork(configuration.embedding, width: configuration.width) {
      body.nameModule()
    }
    let firstName = body.nameModule()
    first = Convolution2D(
      firstName, from: configuration.imageChannels, to: configuration.width, kernel: 3)
    try body.buildDown()
    try body.buildMiddle()
    try body.buildUp()
    steps = body.steps
    ends = [firstName, body.nameModule(), body.nameModule()]
    tail = GroupNormalization(ends[1], channels: body.channels)
    last = Convolution2D(
      ends[2], from: body.channels, to: configuration.imageChannels, kernel: 3,
      scale: configuration.initialScale)
  }

  var parameters: [Parameter] {
    embedding.parameters + first.parameters + steps.flatMap(\.parameters) + tail.parameters
      + last.parameters
  }
}

extension NCSNppLayout.Step {
  var parameters: [Parameter] {
    switch module {
    case .residual(let block): block.parameters
    case .attention(let attention): attention.parameters
    case .pyramid(let pyramid): pyramid.parameters
    }
  }

  var name: String {
    switch module {
    case .residual(let block): block.name
    case .attention(let attention): attention.name
    case .pyramid(let pyramid): pyramid.name
    }
  }
}

private struct BodyBuilder {
  private let configuration: NCSNppConfiguration
  private let options: ResidualBlock.Options
  private var modules = 0
  private var extent: Int
  private var kept: [Int]
  private(set) var steps: [NCSNppLayout.Step] = []
  private(set) var channels: Int

  init(_ configuration: NCSNppConfiguration) {
    self.configuration = configuration
    options = ResidualBlock.Options(
      embeddingWidth: 4 * configuration.width, resampling: configuration.resampling,
      dropout: configuration.dropout, initialScale: configuration.initialScale,
      rescalesSkip: configuration.rescalesSkips)
    extent = configuration.innerSize
    channels = configuration.width
    kept = [configuration.width]
  }

  mutating func nameModule() -> String {
    modules += 1
    return "all_modules.\(modules - 1)"
  }

  mutating func buildDown() throws(NetworkError) {
    var pyramid = configuration.imageChannels
    for (level, multiplier) in configuration.channelMultipliers.enumerated() {
      for _ in 0..<configuration.residualBlocks {
        try addBlock(to: multiplier * configuration.width)
        if hasAttention { addAttention() }
        keepResult()
      }
      if level == configuration.channelMultipliers.count - 1 { break }
      extent /= 2
      try addBlock(to: channels, change: .halving)
      if configuration.progressiveInput == .residual {
        let module = PyramidDownsampling(
          nameModule(), from: pyramid, to: channels, resampling: configuration.resampling)
        add(.pyramid(module))
        pyramid = channels
      }
      keepResult()
    }
  }

  mutating func buildMiddle() throws(NetworkError) {
    try addBlock(to: channels)
    addAttention()
    try addBlock(to: channels)
  }

  mutating func buildUp() throws(NetworkError) {
    for (level, multiplier) in configuration.channelMultipliers.enumerated().reversed() {
      for _ in 0...configuration.residualBlocks {
        try addBlock(to: multiplier * configuration.width, joinsSkip: true)
      }
      if hasAttention { addAttention() }
      if level == 0 { break }
      extent *= 2
      try addBlock(to: channels, change: .doubling)
    }
  }

  private var hasAttention: Bool { configuration.attentionResolutions.contains(extent) }

  private mutating func addBlock(
    to outputs: Int, change: ResidualBlock.Change = .none, joinsSkip: Bool = false
  ) throws(NetworkError) {
    let inputs = channels + (joinsSkip ? kept.removeLast() : 0)
    try configuration.requireGroups(inputs)
    try configuration.requireGroups(outputs)
    let site = modules
    let block = ResidualBlock(
      nameModule(), from: inputs, to: outputs, change: change, site: site, options: options)
    channels = outputs
    add(.residual(block), joinsSkip: joinsSkip)
  }

  private mutating func addAttention() {
    let module = SelfAttention(
      nameModule(), channels: channels, initialScale: configuration.initialScale,
      rescalesSkip: configuration.rescalesSkips)
    add(.attention(module))
  }

  private mutating func add(_ module: NCSNppLayout.Step.Module, joinsSkip: Bool = false) {
    steps.append(NCSNppLayout.Step(module: module, joinsSkip: joinsSkip, keepsResult: false))
  }

  private mutating func keepResult() {
    steps[steps.count - 1].keepsResult = true
    kept.append(channels)
  }
}
