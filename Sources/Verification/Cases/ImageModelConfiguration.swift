import Evaluation
import Networks
import Scores

extension CaseConfiguration {
  /// The image model that the sections `model` and `data` and the process describe, in the terms of
  /// the reference implementation.
  func imageModel() throws -> DiffusionModel {
    let process = try text("sde")
    let isExploding = process == "vesde"
    let sde: any SDE
    switch process {
    case "vesde": sde = try self.process(named: "ve")
    case "vpsde": sde = try self.process(named: "vp")
    case "subvpsde": sde = try self.process(named: "sub_vp")
    default: throw unsuitable("sde", "vesde, vpsde or subvpsde")
    }
    let isEnergy = try section("model").boolean("energy", default: false)
    let model = ScoreModel(
      network: try NCSNpp(networkOptions()), conversion: isExploding ? .direct : .noise,
      energyForm: isEnergy ? .code : nil)
    return DiffusionModel(
      model, sde: sde, condition: isExploding ? .sigma : .time(factor: 999))
  }

  private func networkOptions() throws -> NCSNppConfiguration {
    let (model, data) = (try section("model"), try section("data"))
    try model.requireSupportedVariant()
    var options = NCSNppConfiguration(
      imageSize: try data.integer("image_size"), imageChannels: try data.integer("num_channels"),
      width: try model.integer("nf"),
      channelMultipliers: try model.numbers("ch_mult").map { Int($0) },
      residualBlocks: try model.integer("num_res_blocks"))
    options.attentionResolutions = try model.numbers("attn_resolutions").map { Int($0) }
    options.embedding =
      switch try model.text("embedding_type") {
      case "fourier": .fourier(scale: Float(try model.number("fourier_scale")))
      case "positional": .positional
      default: throw model.unsuitable("embedding_type", "fourier or positional")
      }
    options.resampling =
      try model.boolean("fir")
      ? .filter(taps: try model.numbers("fir_kernel").map(Float.init)) : .box
    options.progressiveInput =
      switch try model.text("progressive_input") {
      case "residual": .residual
      case "none": .none
      default: throw model.unsuitable("progressive_input", "residual or none")
      }
    options.rescalesSkips = try model.boolean("skip_rescale")
    options.dividesBySigma = try model.boolean("scale_by_sigma")
    options.isCentred = try data.boolean("centered")
    options.enlargesSmallImages =
      try model.text("name") == "ncsnpp_mod" && options.imageSize < 32
    return options
  }

  /// Refuses networks that are built from other parts.
  private func requireSupportedVariant() throws {
    guard try ["ncsnpp", "ncsnpp_mod"].contains(text("name")) else {
      throw unsuitable("name", "ncsnpp or ncsnpp_mod")
    }
    try require("resblock_type", is: "biggan")
    try require("progressive", is: "none")
    try require("nonlinearity", is: "swish")
    // Dropout takes its masks from a generator of its own, so results with it cannot be compared.
    guard try number("dropout", default: 0) == 0 else { throw unsuitable("dropout", "0") }
  }
}
