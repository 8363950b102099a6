import Autodiff
public import Networks
public import Scores

/// A score model together with the process whose marginals it describes.
public struct DiffusionModel: Sendable {
  /// The network and the convention by which it stands for a score.
  public var scoreModel: ScoreModel
  /// The process that turns data into noise.
  public var sde: any SDE
  /// What the network is told about the noise level.
  public var condition: NoiseCondition

  /// Combines a model with its process.
  ///
  /// - Parameters:
  ///   - scoreModel: The network and the convention by which it stands for a score.
  ///   - sde: The process that turns data into noise.
  ///   - condition: What the network is told about the noise level.
  public init(_ scoreModel: ScoreModel, sde: any SDE, condition: NoiseCondition) {
    self.scoreModel = scoreModel
    self.sde = sde
    self.condition = condition
  }

  /// The shape of an example.
  public var exampleShape: [Int] { scoreModel.network.exampleShape.dimensions }

  /// The number of elements of an example.
  public var dimensions: Int { scoreModel.network.exampleShape.count }
}
