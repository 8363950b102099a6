import Autodiff
public import Networks
public import Scores

/// A classifier together with the process whose noisy data it tells apart.
public struct NoisyClassifier: Sendable {
  /// The network and its logarithm.
  public var classifier: Classifier
  /// The process that turns data into noise.
  public var sde: any SDE
  /// What the network is told about the noise level.
  public var condition: NoiseCondition

  /// Combines a classifier with its process.
  public init(_ classifier: Classifier, sde: any SDE, condition: NoiseCondition) {
    self.classifier = classifier
    self.sde = sde
    self.condition = condition
  }

  /// The number of elements of an example.
  public var dimensions: Int { classifier.network.exampleShape.count }

  /// The number of classes.
  public var classes: Int { classifier.network.classes }
}
