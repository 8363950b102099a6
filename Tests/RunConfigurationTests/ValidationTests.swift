import RunConfiguration
import Testing

@Suite("Validation")
struct ValidationTests {
  /// A change of the default settings and the key that it makes wrong.
  struct Mistake: Sendable, CustomTestStringConvertible {
    let key: String
    let make: @Sendable (inout RunSettings) -> Void

    init(_ key: String, _ make: @escaping @Sendable (inout RunSettings) -> Void) {
      self.key = key
      self.make = make
    }

    var testDescription: String { key }
  }

  static let mistakes: [Mistake] = [
    Mistake("name") { $0.name = "" },
    Mistake("dataset.size") { $0.dataset.size = 31 },
    Mistake("dataset.path") { $0.dataset.kind = .idx },
    Mistake("dataset.points") { $0.dataset.points = 0 },
    Mistake("model.kind") { $0.model.kind = .mlp },
    Mistake("model.kind") { $0.dataset.kind = .spirals },
    Mistake("model.head") {
      $0.dataset.kind = .spirals
      $0.model.kind = .autoencoder
      $0.model.head = .energy
    },
    Mistake("model.width") { $0.model.width = 30 },
    Mistake("model.width") { $0.model.width = 132 },
    Mistake("model.channel_multipliers") { $0.model.channelMultipliers = [] },
    Mistake("model.channel_multipliers") { $0.model.channelMultipliers = [1, 0] },
    Mistake("dataset.size") { $0.model.channelMultipliers = [1, 1, 1, 1, 1, 1, 1] },
    Mistake("model.residual_blocks") { $0.model.residualBlocks = 0 },
    Mistake("model.fir_kernel") { $0.model.firKernel = [1, -1] },
    Mistake("model.dropout") { $0.model.dropout = 1 },
    Mistake("sde.sigma_min") { $0.sde.sigmaMin = 50 },
    Mistake("sde.beta_min") { $0.sde.betaMin = 21 },
    Mistake("sde.steps") { $0.sde.steps = 1 },
    Mistake("sde.time_epsilon") { $0.sde.timeEpsilon = 1 },
    Mistake("sde.time_epsilon") {
      $0.sde.kind = .vp
      $0.sde.timeEpsilon = 0
    },
    Mistake("sde.sampling_epsilon") { $0.sde.samplingEpsilon = 0 },
    Mistake("regularizer.weight") { $0.regularizer.weight = -1 },
    Mistake("regularizer.probes") { $0.regularizer.probes = 0 },
    Mistake("regularizer.every") { $0.regularizer.every = 0 },
    Mistake("regularizer.fraction") { $0.regularizer.fraction = 0 },
    Mistake("regularizer.fraction") { $0.regularizer.fraction = 1.5 },
    Mistake("regularizer.estimator") {
      $0.regularizer.kind = .quasiConservative
      $0.regularizer.estimator = .exact
    },
    Mistake("objective.kind") { $0.objective.kind = .implicit },
    Mistake("objective.projections") { $0.objective.projections = 0 },
    Mistake("regularizer.divergence") {
      $0.regularizer.kind = .fokkerPlanck
      $0.regularizer.divergence = .exact
    },
    Mistake("regularizer.exponent") {
      $0.regularizer.kind = .fokkerPlanck
      $0.regularizer.exponent = 1
      $0.regularizer.pairedProbes = true
    },
    Mistake("regularizer.weight") {
      $0.regularizer.kind = .fokkerPlanck
      $0.regularizer.weight = 0
    },
    Mistake("regularizer.scalar_weight") { $0.regularizer.scalarWeight = -1 },
    Mistake("model.head") {
      $0.dataset.kind = .mixture
      $0.model.kind = .smoothMLP
      $0.model.head = .energy
    },
    Mistake("model.activation") {
      $0.dataset.kind = .mixture
      $0.model.kind = .autoencoder
      $0.model.activation = .tanh
    },
    Mistake("model.hidden_layers") { $0.model.hiddenLayers = 0 },
    Mistake("optimizer.learning_rate") { $0.optimizer.learningRate = 0 },
    Mistake("optimizer.beta1") { $0.optimizer.beta1 = 1 },
    Mistake("optimizer.beta2") { $0.optimizer.beta2 = -0.1 },
    Mistake("optimizer.warmup_steps") { $0.optimizer.warmupSteps = -1 },
    Mistake("ema.decay") { $0.ema.decay = 1 },
    Mistake("training.steps") { $0.training.steps = 0 },
    Mistake("training.global_batch") { $0.training.globalBatch = 0 },
    Mistake("training.micro_batch") { $0.training.microBatch = 0 },
    Mistake("training.checkpoint_every") { $0.training.checkpointEvery = 0 },
    Mistake("training.max_minutes") { $0.training.maxMinutes = 0 },
    Mistake("checkpoint.keep_last") { $0.checkpoint.keepLast = 0 },
    Mistake("sampling.snr") { $0.sampling.snr = 0 },
    Mistake("sampling.rtol") { $0.sampling.rtol = -1 },
    Mistake("evaluation.levels") { $0.evaluation.levels = 0 },
    Mistake("numerics.replicas") { $0.numerics.replicas = 0 },
    Mistake("data_parallel.local_steps") { $0.dataParallel.localSteps = 0 },
    Mistake("data_parallel.local_steps") {
      $0.dataParallel.localSteps = 2
      $0.dataParallel.mode = .sharded
    },
    Mistake("data_parallel.local_steps") {
      $0.dataParallel.localSteps = 2
      $0.regularizer.kind = .fokkerPlanck
      $0.regularizer.scalarWeight = 0.1
    },
    Mistake("data_parallel.outer_learning_rate") { $0.dataParallel.outerLearningRate = 0 },
    Mistake("data_parallel.outer_momentum") { $0.dataParallel.outerMomentum = 1 },
    Mistake("communication.bucket_megabytes") { $0.communication.bucketMegabytes = 0 },
  ]

  @Test("A value out of range is named by its dotted key", arguments: mistakes)
  func mistakesAreNamed(mistake: Mistake) throws {
    var settings = RunSettings()
    try settings.validate()
    mistake.make(&settings)
    let error = #expect(throws: ConfigurationError.self) { try settings.validate() }
    #expect(error?.key == mistake.key)
  }

  @Test("A quasi-conservative penalty on an energy head is accepted with a warning")
  func redundantPenaltyWarns() throws {
    let resolved = try ResolvedSettings(
      "fashion-mnist-qc", overrides: ["model.head=energy"])
    #expect(resolved.warnings.count == 1)
    #expect(resolved.warnings.first?.hasPrefix("regularizer.kind: ") == true)
  }

  @Test("A setting without effect is a warning that names its place")
  func settingsWithoutEffectWarn() throws {
    let yaml = "preset: toy-8gaussians-u\nmodel:\n  dropout: 0.3\n"
    let resolved = try ResolvedSettings(
      yaml: yaml, source: "run.yaml", overrides: ["regularizer.weight=2"])
    #expect(
      resolved.warnings == [
        "run.yaml:3: model.dropout has no effect: model.kind is mlp",
        "--set: regularizer.weight has no effect: regularizer.kind is none",
      ])
  }

  @Test("Settings of one penalty beside another kind are warnings")
  func settingsOfAnotherPenaltyWarn() throws {
    let resolved = try ResolvedSettings(
      "toy-mixture-fpe",
      overrides: [
        "regularizer.noise_power=4", "regularizer.scalar_form=code", "regularizer.probe=gaussian",
        "objective.projections=2",
      ])
    #expect(
      resolved.warnings == [
        "--set: objective.projections has no effect: objective.kind is dsm",
        "--set: regularizer.probe has no effect: no term of the loss has random vectors",
        "--set: regularizer.noise_power has no effect: regularizer.kind is fokker_planck",
        "--set: regularizer.scalar_form has no effect: regularizer.scalar_weight is 0",
      ])
  }

  @Test("An interval between penalties that no run reaches is a warning")
  func unreachedPenaltyWarns() throws {
    let resolved = try ResolvedSettings(
      "fashion-mnist-qc", overrides: ["training.steps=5", "regularizer.every=6"])
    #expect(
      resolved.warnings == [
        "regularizer.every: no step has the penalty, since training.steps is 5"
      ])
  }

  @Test("An attention resolution that no level has is a warning")
  func unreachedAttentionWarns() throws {
    let resolved = try ResolvedSettings(
      "fashion-mnist-u", overrides: ["model.attention_resolutions=[16, 10]"])
    #expect(
      resolved.warnings == ["model.attention_resolutions: no level has the resolution 10"])
  }

  @Test("Sampling ends at 1e-3 for VP and sub-VP and at 1e-5 for VE unless configured")
  func samplingEndFollowsTheFamily() {
    var sde = SDESettings()
    #expect(sde.samplingEnd == 1e-5)
    sde.kind = .subVP
    #expect(sde.samplingEnd == 1e-3)
    sde.samplingEpsilon = 0.01
    #expect(sde.samplingEnd == 0.01)
  }
}
