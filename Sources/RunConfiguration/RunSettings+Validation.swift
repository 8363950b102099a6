extension RunSettings {
  /// Checks every value against its range and the values against each other.
  ///
  /// - Throws: A `ConfigurationError` with the dotted key of the first value that is wrong.
  public func validate() throws(ConfigurationError) {
    for field in Self.fields where field.isExcessive(self) {
      throw ConfigurationError(
        .outOfRange, key: field.key, found: field.yaml(self).abbreviated,
        expected: "\(field.expectation), no number beyond \(Int.largestSetting)")
    }
    for field in Self.fields where !field.isInRange(self) {
      throw ConfigurationError(
        .outOfRange, key: field.key, found: field.yaml(self), expected: field.expectation)
    }
    try validateNoise()
    try validateModelAgainstData()
    if model.kind == .ncsnpp {
      try validateChannels()
      try validateResolutions()
    }
    try validateRegularizer()
    try validateClassifier()
    try validateDataParallel()
    guard evaluation.divergence != .exact || dataset.isToy else {
      throw inconsistent(
        "evaluation.divergence", "auto or hutchinson: the whole Jacobian is for points of the plane"
      )
    }
  }

  /// Checks everything, including the split of the global batch over a number of ranks.
  ///
  /// - Parameter ranks: The number of ranks.
  /// - Throws: A `ConfigurationError` with the dotted key of the first value that is wrong.
  public func validate(ranks: Int) throws(ConfigurationError) {
    try validate()
    _ = try batchPlan(ranks: ranks, largestMicroBatch: BatchPlan.defaultLargestMicroBatch)
  }

  /// Checks that the penalty has an example in each micro-batch.
  ///
  /// - Parameter plan: The split of the global batch.
  /// - Throws: A `ConfigurationError` if `regularizer.fraction` of a micro-batch rounds to none.
  public func validatePenalty(in plan: BatchPlan) throws(ConfigurationError) {
    let examples = (regularizer.fraction * Double(plan.microBatch)).rounded()
    guard regularizer.kind == .none || examples >= 1 else {
      throw inconsistent(
        "regularizer.fraction",
        "at least 1 / \(2 * plan.microBatch), for one example of each micro-batch of"
          + " \(plan.microBatch)")
    }
  }

  private func validateNoise() throws(ConfigurationError) {
    guard sde.sigmaMin < sde.sigmaMax else {
      throw inconsistent(
        "sde.sigma_min", "a number below sde.sigma_max, which is \(sde.sigmaMax.yaml)")
    }
    guard sde.betaMin <= sde.betaMax else {
      throw inconsistent(
        "sde.beta_min", "a number up to sde.beta_max, which is \(sde.betaMax.yaml)")
    }
    // The standard deviation of VP and sub-VP is 0 at t = 0, and the score infinite.
    guard sde.kind == .ve || sde.timeEpsilon > 0 else {
      throw inconsistent("sde.time_epsilon", "a number above 0, since sde.kind is \(sde.kind.yaml)")
    }
  }

  private func validateModelAgainstData() throws(ConfigurationError) {
    guard dataset.isToy != model.kind.takesImages else {
      let expected =
        dataset.isToy
        ? "mlp, smooth_mlp, autoencoder or conditioned_mlp"
        : "ncsnpp, or resnet18 or resnet34 to classify"
      throw inconsistent("model.kind", "\(expected), since dataset.kind is \(dataset.kind.yaml)")
    }
    guard dataset.kind != .idx || dataset.path != nil else {
      throw inconsistent("dataset.path", "the folder of the files, since dataset.kind is idx")
    }
    let sizes = dataset.kind.imageSizes
    guard sizes.isEmpty || sizes.contains(dataset.size) else {
      throw inconsistent(
        "dataset.size",
        sizes.map(\.yaml).joined(separator: " or ")
          + ", since dataset.kind is \(dataset.kind.yaml)")
    }
    guard [.mlp, .ncsnpp].contains(model.kind) || model.head == .unconstrained else {
      throw inconsistent("model.head", "unconstrained, since model.kind is \(model.kind.yaml)")
    }
    guard model.kind != .autoencoder || [.swish, .sigmoid].contains(model.activation) else {
      throw inconsistent("model.activation", "swish or sigmoid, since model.kind is autoencoder")
    }
  }

  private func validateChannels() throws(ConfigurationError) {
    for multiplier in model.channelMultipliers {
      let channels = model.width * multiplier
      let groups = min(channels / 4, 32)
      guard channels.isMultiple(of: groups) else {
        throw inconsistent(
          "model.width",
          "a number whose multiple \(channels) divides into \(groups) normalization groups")
      }
    }
  }

  private func validateResolutions() throws(ConfigurationError) {
    let halvings = model.channelMultipliers.count - 1
    guard halvings < Int.bitWidth - 1, dataset.size.isMultiple(of: 1 << halvings) else {
      throw inconsistent(
        "dataset.size",
        "a multiple of 2^\(halvings), since model.channel_multipliers has \(halvings + 1) levels")
    }
  }

  private func validateRegularizer() throws(ConfigurationError) {
    guard objective.kind != .implicit || dataset.isToy else {
      throw inconsistent(
        "objective.kind", "dsm or ssm: the exact divergence is for points of the plane")
    }
    switch regularizer.kind {
    case .none: break
    case .quasiConservative:
      guard regularizer.estimator != .exact || dataset.isToy else {
        throw inconsistent(
          "regularizer.estimator", "skew or paper: the whole Jacobian is for points of the plane")
      }
    case .fokkerPlanck: try validateFokkerPlanck()
    }
  }

  private func validateFokkerPlanck() throws(ConfigurationError) {
    guard regularizer.divergence != .exact || dataset.isToy else {
      throw inconsistent(
        "regularizer.divergence", "probes: the whole Jacobian is for points of the plane")
    }
    guard !regularizer.pairedProbes || regularizer.exponent == 2 else {
      throw inconsistent(
        "regularizer.exponent", "2, since regularizer.paired_probes makes a square of two residuals"
      )
    }
    guard regularizer.weight > 0 || regularizer.scalarWeight > 0 else {
      throw inconsistent(
        "regularizer.weight", "a number above 0, since regularizer.scalar_weight is 0 too")
    }
  }

  func inconsistent(_ key: String, _ expected: String) -> ConfigurationError {
    ConfigurationError(
      .inconsistentValues, key: key, found: Self.fieldsByKey[key]?.yaml(self) ?? "nothing",
      expected: expected)
  }
}
