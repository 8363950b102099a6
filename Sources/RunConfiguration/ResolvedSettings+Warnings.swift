extension ResolvedSettings {
  /// One line for each setting that is accepted but probably not meant.
  ///
  /// Among them are values other than the default that a file or an override gives and that have no
  /// effect beside the other settings.
  public var warnings: [String] {
    settings.advice + ineffectiveSettings
  }

  private var ineffectiveSettings: [String] {
    let defaults = RunSettings()
    return RunSettings.fields.compactMap { field in
      let origin = origin(of: field.key)
      guard origin.isUserWritten, field.yaml(settings) != field.yaml(defaults),
        let reason = settings.reasonWithoutEffect(field.key)
      else {
        return nil
      }
      let place = origin.line.map { "\(origin.source ?? ""):\($0)" } ?? origin.source ?? ""
      return "\(place): \(field.key) has no effect: \(reason)"
    }
  }
}

extension RunSettings {
  /// Combinations that work but that few would choose on purpose.
  var advice: [String] {
    var lines: [String] = []
    if model.head == .energy && regularizer.kind == .quasiConservative {
      lines.append(
        "regularizer.kind: the score of an energy head is conservative already: the penalty is 0"
          + " up to rounding and costs third derivatives")
    }
    if regularizer.kind != .none && regularizer.every > training.steps {
      lines.append(
        "regularizer.every: no step has the penalty, since training.steps is \(training.steps)")
    }
    if model.kind == .ncsnpp {
      if sde.kind != .ve && model.scaleBySigma {
        lines.append(
          "model.scale_by_sigma: the score of \(sde.kind.yaml) is divided by the standard deviation"
            + " already")
      }
      for resolution in model.attentionResolutions where !resolutions.contains(resolution) {
        lines.append("model.attention_resolutions: no level has the resolution \(resolution)")
      }
    }
    if !ema.isOn && evaluation.weights == .ema {
      lines.append("evaluation.weights: ema.decay is 0, so the raw weights are evaluated")
    }
    return lines
  }

  /// The image heights of the network's levels, largest first.
  private var resolutions: [Int] {
    model.channelMultipliers.indices.map { dataset.size >> $0 }
  }

  private var hasRandomVectors: Bool {
    let penaltyHas =
      switch regularizer.kind {
      case .none: false
      case .quasiConservative: regularizer.estimator != .exact
      case .fokkerPlanck: regularizer.divergence != .exact
      }
    return penaltyHas || objective.kind == .sliced
  }

  /// Why the value of a key changes nothing, or nil where it counts.
  func reasonWithoutEffect(_ key: String) -> String? {
    let rules: [(isIdle: Bool, reason: String, keys: Set<String>)] = [
      (model.kind != .ncsnpp, "model.kind is \(model.kind.yaml)", Self.ncsnppKeys),
      (
        ![.ncsnpp, .smoothMLP].contains(model.kind), "model.kind is \(model.kind.yaml)",
        ["model.width"]
      ),
      (
        model.kind != .smoothMLP, "model.kind is \(model.kind.yaml)", ["model.hidden_layers"]
      ),
      (
        !(model.kind == .mlp && model.head == .energy), "it is for the energy head of the mlp",
        ["model.energy_activation"]
      ),
      (model.head != .energy, "model.head is \(model.head.yaml)", ["model.energy_form"]),
      (
        ![.autoencoder, .smoothMLP].contains(model.kind), "model.kind is \(model.kind.yaml)",
        ["model.activation"]
      ),
      (model.embedding != .fourier, "model.embedding is positional", ["model.fourier_scale"]),
      (model.resampling != .fir, "model.resampling is plain", ["model.fir_kernel"]),
      (dataset.isToy, "dataset.kind is \(dataset.kind.yaml)", Self.imageKeys),
      (!dataset.isToy, "dataset.kind is \(dataset.kind.yaml)", ["dataset.points"]),
      (sde.kind != .ve, "sde.kind is \(sde.kind.yaml)", ["sde.sigma_min", "sde.sigma_max"]),
      (sde.kind == .ve, "sde.kind is ve", ["sde.beta_min", "sde.beta_max"]),
      (regularizer.kind == .none, "regularizer.kind is none", Self.penaltyKeys),
      (
        regularizer.kind != .quasiConservative, "regularizer.kind is \(regularizer.kind.yaml)",
        ["regularizer.estimator", "regularizer.noise_power"]
      ),
      (
        regularizer.kind != .fokkerPlanck, "regularizer.kind is \(regularizer.kind.yaml)",
        Self.fokkerPlanckKeys
      ),
      (
        regularizer.scalarWeight == 0, "regularizer.scalar_weight is 0", ["regularizer.scalar_form"]
      ),
      (
        regularizer.kind == .quasiConservative && regularizer.estimator == .exact,
        "regularizer.estimator is exact", ["regularizer.probes"]
      ),
      (
        regularizer.kind == .fokkerPlanck && regularizer.divergence == .exact,
        "regularizer.divergence is exact",
        ["regularizer.probes", "regularizer.paired_probes"]
      ),
      (!hasRandomVectors, "no term of the loss has random vectors", ["regularizer.probe"]),
      (
        objective.kind != .sliced, "objective.kind is \(objective.kind.yaml)",
        ["objective.projections", "objective.sliced_form"]
      ),
      (
        objective.kind != .denoising, "objective.kind is \(objective.kind.yaml)",
        ["objective.noise_power"]
      ),
      (!classifier.isTrained, "classifier.objective is none", Self.classifierKeys),
      (
        classifier.objective != .total, "classifier.objective is \(classifier.objective.yaml)",
        ["classifier.coefficient"]
      ),
      (
        !classifier.needsScore, "classifier.objective is \(classifier.objective.yaml)",
        Self.likelihoodKeys
      ),
      (
        !model.kind.isResidualClassifier, "model.kind is \(model.kind.yaml)",
        ["classifier.normalization_group"]
      ),
      (
        classifier.isTrained, "a classifier is trained",
        ["objective.weighting", "objective.reduction", "objective.noise_power"]
      ),
      (!ema.isOn, "ema.decay is 0", ["ema.ramp"]),
      (
        communication.transport == .float32, "communication.transport is float32",
        ["communication.rounding"]
      ),
      (
        !communication.overlap, "communication.overlap is false",
        ["communication.early_gradients", "communication.overlap_next_step"]
      ),
      (
        dataParallel.mode != .allReduce, "data_parallel.mode is \(dataParallel.mode.yaml)",
        ["communication.overlap_next_step"]
      ),
      (
        dataParallel.hasLocalSteps, "data_parallel.local_steps is \(dataParallel.localSteps)",
        ["communication.overlap_next_step"]
      ),
      (
        numerics.replicas > 1, "numerics.replicas is \(numerics.replicas)",
        ["communication.overlap_next_step"]
      ),
      (
        !dataParallel.hasLocalSteps, "data_parallel.local_steps is 1",
        ["data_parallel.outer_learning_rate", "data_parallel.outer_momentum"]
      ),
      (
        sampling.sampler != .ode, "sampling.sampler is \(sampling.sampler.yaml)",
        ["sampling.rtol", "sampling.atol"]
      ),
      (sampling.sampler == .ode, "sampling.sampler is ode", ["sampling.steps"]),
      (
        sampling.sampler != .pc, "sampling.sampler is \(sampling.sampler.yaml)",
        Self.predictorCorrectorKeys
      ),
      (
        sampling.corrector == .none, "sampling.corrector is none",
        ["sampling.snr", "sampling.corrector_steps"]
      ),
    ]
    return rules.first { $0.isIdle && $0.keys.contains(key) }?.reason
  }

  private static let ncsnppKeys: Set<String> = [
    "model.energy_form", "model.channel_multipliers", "model.residual_blocks",
    "model.attention_resolutions", "model.embedding", "model.fourier_scale", "model.resampling",
    "model.fir_kernel", "model.progressive_input", "model.skip_rescale", "model.scale_by_sigma",
    "model.centered", "model.dropout", "model.init_scale",
  ]
  private static let imageKeys: Set<String> = [
    "dataset.path", "dataset.size", "dataset.flip", "dataset.dequantize",
  ]
  private static let penaltyKeys: Set<String> = [
    "regularizer.estimator", "regularizer.weight", "regularizer.probes",
    "regularizer.noise_power", "regularizer.every", "regularizer.fraction",
  ]
  private static let fokkerPlanckKeys: Set<String> = [
    "regularizer.scalar_weight", "regularizer.scalar_form", "regularizer.exponent",
    "regularizer.time_weight", "regularizer.time_derivative", "regularizer.divergence",
    "regularizer.gradient", "regularizer.paired_probes",
  ]
  private static let classifierKeys = likelihoodKeys.union([
    "classifier.cross_entropy_power", "classifier.logarithm", "classifier.normalization_group",
  ])
  private static let likelihoodKeys: Set<String> = [
    "classifier.likelihood_power", "classifier.score_run", "classifier.score_weights",
    "classifier.score_step",
  ]
  private static let predictorCorrectorKeys: Set<String> = [
    "sampling.predictor", "sampling.corrector", "sampling.snr", "sampling.corrector_steps",
  ]
}
