import ArgumentParser
import Checkpoints
import Evaluation
import Foundation
import MPI
import RunConfiguration
import Scores
import Training

/// Draws samples from the model of a run.
struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw samples from the model of a run.",
    discussion: """
      Settings of the section 'sampling' hold unless an option says otherwise. Samples are drawn \
      in groups of 'sampling.group_size', which share their step sizes and are spread over the \
      ranks: samples of a seed are the same on any number of ranks.

      With --classifier and --class, samples of one class are drawn: --guidance times the gradient \
      of the logarithm of the class's probability is added to the score.
      """)

  @Argument(help: ArgumentHelp("The folder of the run.", valueName: "run"))
  var folder: String

  @Option(help: ArgumentHelp("The picture to write.", valueName: "file.png"))
  var output: String

  @Option(help: "The number of samples.")
  var count: Int?

  @Option(
    help: "The method: pc (predictor and corrector), ode or heun (probability flow).")
  var sampler: String?

  @Option(help: "The number of noise levels of the pc sampler or of steps of heun.")
  var steps: Int?

  @Option(help: "The seed of the samples; the run's own by default.")
  var seed: UInt64?

  @Option(help: "The weights to use: ema or raw.")
  var weights = WeightChoice.ema

  @Option(
    help: ArgumentHelp(
      "Write the samples as numbers too, unclipped.", valueName: "file.safetensors"))
  var safetensors: String?

  @Option(help: "The step of the checkpoint; the newest by default.")
  var step: Int?

  @OptionGroup var guidance: GuidanceOptions

  @OptionGroup var changes: SettingChanges

  private var allOverrides: [String] {
    changes.overrides
      + [
        count.map { "sampling.count=\($0)" }, sampler.map { "sampling.sampler=\($0)" },
        steps.map { "sampling.steps=\($0)" },
      ].compactMap { $0 }
  }

  func run() throws {
    let world = try Session.start().world
    try world.together { try requireWritableFolders() }
    let stored = try StoredModel(
      path: folder, overrides: allOverrides, weights: { _ in weights }, step: step, over: world)
    let settings = stored.settings
    if steps != nil, settings.sampling.sampler == .ode {
      Session.warn("--steps has no effect on the ode sampler, which chooses its own")
    }
    let guide = try guidance.guidance(for: stored, over: world)
    let (method, groups) = try world.together {
      (try settings.samplingMethod(), try settings.sampleGroups())
    }
    let seed = seed ?? settings.seed
    let start = ContinuousClock.now
    let samples = try drawSamples(
      groups, by: method, of: stored.model, weights: stored.weights, guidance: guide?.guidance,
      seed: seed, options: settings.compileOptions, over: world)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    _ = try world.fromRankZero {
      try write(samples, stored)
      let calls = String(format: "%g", samples.callsPerSample)
      print(
        "\(groups.samples) samples of step \(stored.step), \(settings.sampling.sampler.rawValue),"
          + " \(calls) network calls each, \(String(format: "%.1f", seconds)) s: \(output)")
      return true
    }
  }

  // A mistyped folder should not cost the time that sampling takes.
  private func requireWritableFolders() throws {
    for path in [output, safetensors].compactMap({ $0 }) {
      try AtomicFile.requireWritableFolder(of: path)
    }
  }

  private func write(_ samples: SampleSet, _ stored: StoredModel<DiffusionModel>) throws {
    let shape = stored.model.exampleShape
    let picture = SamplePicture(of: samples.values, shape: shape, settings: stored.settings)
    try picture.write(to: URL(filePath: output))
    guard let safetensors else { return }
    let count = samples.values.count / shape.reduce(1, *)
    let table = TensorTable([TensorSlice(name: "samples", shape: [count] + shape, offset: 0)])
    try samples.values.withUnsafeBufferPointer { values in
      try WeightsFile.write(
        to: URL(filePath: safetensors), values: values, table: table,
        metadata: [
          "step": "\(stored.step)", "weights": weights.rawValue,
          "seed": "\(seed ?? stored.settings.seed)",
          "sampler": stored.settings.sampling.sampler.rawValue,
          "network_calls": "\(samples.callsPerSample)",
        ])
    }
  }
}
