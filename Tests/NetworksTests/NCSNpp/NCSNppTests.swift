import Autodiff
import Networks
import TestSupport
import Testing

@Suite struct NCSNppTests {
  @Test(arguments: [
    (NCSNppConfiguration.ncsnpp(residualBlocks: 4), 62_758_787),
    (NCSNppConfiguration.ncsnpp(residualBlocks: 8), 107_586_947),
    (NCSNppConfiguration.ddpmpp(residualBlocks: 4), 61_804_419),
    (NCSNppConfiguration.ddpmpp(residualBlocks: 8), 106_632_579),
  ])
  func trainableCountIsThePublishedModels(configuration: NCSNppConfiguration, count: Int) throws {
    #expect(try NCSNpp(configuration).trainableCount == count)
  }

  @Test func positionalEmbeddingSavesTheSecondHalfOfTheFeatures() throws {
    var configuration = NCSNppConfiguration.ncsnpp(residualBlocks: 4)
    configuration.embedding = .positional
    configuration.dividesBySigma = false
    #expect(try NCSNpp(configuration).trainableCount == 62_693_251)
  }

  @Test func deepModelHas95ModulesAnd962TrainedTensorsAndFixedFrequencies() throws {
    let network = try NCSNpp(.ncsnpp(residualBlocks: 8))
    let modules = Set(network.parameters.map { $0.name.split(separator: ".")[1] })
    #expect(modules == Set((0..<95).map { "\($0)" }))
    #expect(network.trainableParameters.count == 962)
    let fixed = network.parameters.filter { !$0.isTrainable }
    #expect(fixed.map(\.name) == ["all_modules.0.W"] && fixed[0].shape == [128])
  }

  @Test func middleHasAttentionAtAnyExtent() throws {
    var configuration = NCSNppConfiguration(
      imageSize: 32, imageChannels: 1, width: 32, channelMultipliers: [1, 2, 2],
      residualBlocks: 1)
    func attentions() throws -> Int {
      try NCSNpp(configuration).parameters.filter { $0.name.hasSuffix("NIN_0.W") }.count
    }
    #expect(try attentions() == 3)
    configuration.attentionResolutions = []
    #expect(try attentions() == 1)
  }

  @Test func layersThatEndABlockStartAlmostSilent() throws {
    let network = try NCSNpp(.smallVE)
    for (index, parameter) in network.parameters.enumerated() {
      let isLast = ["Conv_1.weight", "NIN_3.W", "19.weight"].contains(
        where: parameter.name.hasSuffix)
      guard isLast else { continue }
      let largest = parameter.initialValues(seed: 1, index: index).map(abs).max() ?? 1
      #expect(largest < 1e-5 && largest > 0, "\(parameter.name)")
    }
  }

  @Test func outputFallsAsTheReciprocalOfSigmaThatItIsDividedBy() throws {
    let divided = try output(of: .smallVE, sigma: 0.25)
    var configuration = NCSNppConfiguration.smallVE
    configuration.dividesBySigma = false
    let plain = try output(of: configuration, sigma: 0.25)
    for (a, b) in zip(divided, plain) { #expect(abs(a - 4 * b) <= 1e-12 * abs(a)) }
    #expect(plain.contains { abs($0) > 1e-3 })
  }

  @Test func centredInputSkipsTheMapToTheSymmetricInterval() throws {
    var configuration = NCSNppConfiguration.smallVE
    let x = samples(3 * 16 * 16)
    let uncentred = try output(of: configuration, sigma: 1, x: x)
    configuration.isCentred = true
    let centred = try output(of: configuration, sigma: 1, x: x.map { 2 * $0 - 1 })
    #expect(zip(uncentred, centred).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test func skipSumsKeepTheirSizeWhenNotRescaled() throws {
    // With silent branches, a stack without rescaling passes the first convolution through, one
    // with rescaling divides by sqrt 2 at each block.
    var configuration = NCSNppConfiguration(
      imageSize: 8, imageChannels: 1, width: 8, channelMultipliers: [1], residualBlocks: 1)
    configuration.progressiveInput = .none
    for (rescales, factor) in [(false, 1.0), (true, 0.5 * 0.5.squareRoot())] {
      configuration.rescalesSkips = rescales
      let recorder = ActivationRecorder()
      let inputs = try graphInputs(
        of: configuration, sigma: 1, x: samples(64), recorder: recorder, silent: true)
      let ends = try ["all_modules.3", "all_modules.6"].map { name in
        try #require(recorder.activations.first { $0.name == name }).value
      }
      let values = try inputs.evaluator.evaluate(ends)
      #expect(zip(values[0], values[1]).allSatisfy { abs($1 - factor * $0) < 1e-3 })
      #expect(values[0].contains { abs($0) > 0.3 })
    }
  }

  @Test func smallImagesAreEnlargedAndBroughtBack() throws {
    var configuration = NCSNppConfiguration(
      imageSize: 28, imageChannels: 1, width: 8, channelMultipliers: [1, 1], residualBlocks: 1)
    configuration.enlargesSmallImages = true
    let network = try NCSNpp(configuration)
    #expect(network.exampleShape == [1, 28, 28])
    #expect(
      network.parameters.prefix(4).map(\.name)
        == ["in_conv.weight", "in_conv.bias", "out_conv.weight", "out_conv.bias"])
    #expect(try output(of: configuration, sigma: 1, x: samples(28 * 28)).count == 28 * 28)
  }

  private func samples(_ count: Int) -> [Double] {
    (0..<count).map { Double(($0 * 7919) % 211) / 211 }
  }

  private func output(
    of configuration: NCSNppConfiguration, sigma: Double, x: [Double]? = nil
  ) throws -> [Double] {
    let pixels = configuration.imageSize * configuration.imageSize
    let inputs = try graphInputs(
      of: configuration, sigma: sigma,
      x: x ?? samples(configuration.imageChannels * pixels))
    return try inputs.evaluator.evaluate(inputs.output)
  }

  /// A network at initial values; layers that start almost silent get sizeable ones unless
  /// `silent`.
  private func graphInputs(
    of configuration: NCSNppConfiguration, sigma: Double, x: [Double],
    recorder: ActivationRecorder? = nil, silent: Bool = false
  ) throws -> (output: Value, evaluator: ReferenceEvaluator) {
    var configuration = configuration
    configuration.initialScale = silent ? 0 : 1
    let network = try NCSNpp(configuration)
    let graph = Graph()
    let output = network.output(
      graph.input("x", Shape([1] + network.exampleShape.dimensions)),
      noise: graph.input("noise", [1]), parameters: ParameterValues(inputsOf: graph),
      dropout: nil, recorder: recorder)
    var inputs = ["x": x, "noise": [sigma]]
    for (index, parameter) in network.parameters.enumerated() {
      inputs[parameter.name] = parameter.initialValues(seed: 3, index: index).map(Double.init)
    }
    return (output, ReferenceEvaluator(inputs))
  }
}
