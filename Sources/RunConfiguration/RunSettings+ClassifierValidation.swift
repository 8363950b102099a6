extension RunSettings {
  /// Checks the settings of a classifier against the model and the data.
  func validateClassifier() throws(ConfigurationError) {
    if let only = dataset.only, only >= dataset.classes {
      let expected =
        dataset.classes == 0
        ? "null, since \(dataset.kind.yaml) has no labels"
        : "a class from 0 to \(dataset.classes - 1)"
      throw inconsistent("dataset.class", expected)
    }
    guard classifier.isTrained else {
      guard !model.kind.isResidualClassifier else {
        throw inconsistent(
          "classifier.objective", "cross_entropy, dlsm or total: \(model.kind.yaml) is a classifier"
        )
      }
      return
    }
    guard model.kind == .conditionedMLP || model.kind.isResidualClassifier else {
      throw inconsistent(
        "model.kind", "conditioned_mlp, resnet18 or resnet34, since a classifier is trained")
    }
    guard dataset.classes > 0, dataset.only == nil else {
      throw inconsistent(
        dataset.only == nil ? "dataset.kind" : "dataset.class",
        "all classes of data with labels, since a classifier is trained")
    }
    guard regularizer.kind == .none else {
      throw inconsistent("regularizer.kind", "none, since a classifier is trained")
    }
    guard !classifier.needsScore || classifier.scoreRun != nil else {
      throw inconsistent(
        "classifier.score_run",
        "the run folder of a score model, since classifier.objective is"
          + " \(classifier.objective.yaml)")
    }
    guard !model.kind.isResidualClassifier || dataset.size.isMultiple(of: 8) else {
      throw inconsistent(
        "dataset.size", "a multiple of 8 for the four stages of \(model.kind.yaml)")
    }
  }

  /// Checks that each micro-batch consists of whole groups of batch normalization.
  ///
  /// - Parameter plan: The split of the global batch.
  /// - Throws: A `ConfigurationError` if a group would lie in two micro-batches.
  public func validateNormalization(in plan: BatchPlan) throws(ConfigurationError) {
    guard classifier.isTrained, model.kind.isResidualClassifier else { return }
    guard plan.microBatch.isMultiple(of: normalizationGroup) else {
      throw inconsistent(
        "classifier.normalization_group",
        "a divisor of the micro-batch, \(plan.microBatch) examples on \(plan.ranks) ranks (0 is the"
          + " global batch, \(plan.globalBatch))")
    }
  }

  /// The number of consecutive examples that share statistics of batch normalization.
  public var normalizationGroup: Int {
    classifier.normalizationGroup == 0 ? training.globalBatch : classifier.normalizationGroup
  }
}

extension ModelSettings.Kind {
  /// Whether it is a residual network for images in classes.
  public var isResidualClassifier: Bool { self == .resNet18 || self == .resNet34 }

  /// Whether it takes images; otherwise points of the plane.
  public var takesImages: Bool { self == .ncsnpp || isResidualClassifier }
}
