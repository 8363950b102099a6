public import Networks
public import RunConfiguration
public import Scores

/// What a run trains, and on what.
public enum TrainingSubject: Sendable {
  /// A score model.
  case score(ScoreModel, Objective)
  /// A classifier of noisy data.
  case classifier(Classifier, ClassifierObjective)

  /// The network whose parameters are trained.
  public var network: any Parameterized {
    switch self {
    case .score(let model, _): model.network
    case .classifier(let classifier, _): classifier.network
    }
  }
}

extension RunSettings {
  /// What the run trains, and on what.
  ///
  /// - Returns: The model without weights, and its objective.
  /// - Throws: `NetworkError` if options of the network do not fit together.
  public func trainingSubject() throws(NetworkError) -> TrainingSubject {
    classifier.isTrained
      ? .classifier(try classifierModel(), classifierObjective)
      : .score(try scoreModel(), trainingObjective)
  }

  /// The classifier of a run that trains one, without weights.
  ///
  /// - Returns: The classifier.
  /// - Throws: `NetworkError` if the network is none or its options do not fit together.
  public func classifierModel() throws(NetworkError) -> Classifier {
    Classifier(
      network: try classifierNetwork(),
      logarithm: classifier.logarithm == .exact ? .exact : .shifted)
  }

  private func classifierNetwork() throws(NetworkError) -> any ClassifierNetwork {
    if model.kind == .conditionedMLP { return ConditionedMLP(outputs: dataset.classes) }
    guard model.kind.isResidualClassifier else {
      throw .unsuitableOption(
        name: "model.kind", found: model.kind.rawValue, expected: "a classifier")
    }
    var options =
      model.kind == .resNet18
      ? ConditionedResNet.Configuration.resNet18 : ConditionedResNet.Configuration.resNet34
    options.imageSize = dataset.size
    options.imageChannels = dataset.kind == .cifar10 ? 3 : 1
    options.classes = dataset.classes
    options.fourierScale = Float(model.fourierScale)
    return try ConditionedResNet(options)
  }

  private var classifierObjective: ClassifierObjective {
    let isTotal = classifier.objective == .total
    return ClassifierObjective(
      likelihood: classifier.needsScore
        ? DenoisingLikelihood(noisePower: classifier.likelihoodPower) : nil,
      crossEntropy: classifier.objective == .likelihood
        ? nil
        : CrossEntropy(
          strength: isTotal ? Float(classifier.coefficient) : 1,
          noisePower: classifier.crossEntropyPower),
      normalizationGroup: model.kind.isResidualClassifier ? normalizationGroup : nil)
  }
}
