/// Everything that decides what a run computes, one section for each concern.
///
/// The defaults follow the recipe for CIFAR-10 of Chao et al., "On Investigating the Conservative
/// Property of Score-Based Generative Models" (2023), for an unconstrained model.
public struct RunSettings: Codable, Sendable, Equatable {
  /// Free text that names the run.
  public var name = "unnamed"
  /// The seed of every random stream of the run.
  public var seed: UInt64 = 1
  /// The training and test examples.
  public var dataset = DatasetSettings()
  /// The network and the head that turns its output into a score.
  public var model = ModelSettings()
  /// The process that turns data into noise.
  public var sde = SDESettings()
  /// The score-matching loss.
  public var objective = ObjectiveSettings()
  /// The penalty on the score's rotation.
  public var regularizer = RegularizerSettings()
  /// The training of a classifier in place of a score model.
  public var classifier = ClassifierSettings()
  /// Adam, its warm-up and gradient clipping.
  public var optimizer = OptimizerSettings()
  /// The exponential moving average of the weights.
  public var ema = EMASettings()
  /// The length and rhythm of training.
  public var training = TrainingSettings()
  /// Which checkpoints are kept.
  public var checkpoint = CheckpointSettings()
  /// How samples are drawn.
  public var sampling = SamplingSettings()
  /// How a model is evaluated.
  public var evaluation = EvaluationSettings()
  /// How gradients travel between ranks.
  public var communication = CommunicationSettings()
  /// How ranks share the work of an update.
  public var dataParallel = DataParallelSettings()
  /// How long a run may be without progress.
  public var watchdog = WatchdogSettings()
  /// Which algorithms compute, on how many threads.
  public var numerics = NumericsSettings()

  /// Creates the default settings.
  public init() {}
}

extension RunSettings {
  enum CodingKeys: String, CodingKey, CaseIterable {
    case name, seed, dataset, model, sde, objective, regularizer, classifier
    case optimizer, ema, training
    case checkpoint, sampling, evaluation, communication
    case dataParallel = "data_parallel"
    case watchdog, numerics
  }
}
