public import Networks
public import RunConfiguration

/// A training step of fixed size whose speed can be compared between programs and machines.
///
/// All use the VE process from 0.01 to 50, Adam with rate 2e-4 and warm-up, clipping at 1, an
/// average with decay 0.999, and no dropout.
public enum BenchmarkWorkload: String, Sendable, CaseIterable {
  /// A perceptron on points of the plane: three hidden layers of 128 units, 5000 points a rank.
  case toy2D = "toy2d"
  /// NCSN++ of width 32 on 1 x 32 x 32 images, 32 a rank.
  case fashionMNIST = "fmnist"
  /// NCSN++ of width 64 with two blocks a level on 3 x 32 x 32 images, 8 a rank.
  case cifarWidth64 = "cifar-nf64"
  /// The NCSN++ of 107,586,947 parameters of Chao et al. 2023 on 3 x 32 x 32 images, 2 a rank.
  case cifarPaper = "cifar-paper"

  /// What is minimized.
  public enum Objective: String, Sendable, CaseIterable {
    /// The denoising loss alone.
    case denoising = "dsm"
    /// The denoising loss and the penalty by the skew estimator.
    case quasiConservative = "qc"
    /// The denoising loss and the penalty by the paper's estimator.
    case paper = "qc-paper"

    /// The arithmetic of a step in forward passes of the network, by the shortest way known.
    ///
    /// Reverse mode costs twice a forward pass. The penalty needs the score, `J v` and `J^T v`, one
    /// pass each, and the reverse passes through all three.
    ///
    /// - Parameter penaltyShare: The part of all examples and steps that has the penalty.
    /// - Returns: The number of forward passes, the mean over steps.
    func forwardPasses(penaltyShare: Double) -> Double {
      self == .denoising ? 3 : 3 + 6 * penaltyShare
    }
  }

  /// The number of examples of one rank.
  public var batch: Int {
    switch self {
    case .toy2D: 5000
    case .fashionMNIST: 32
    case .cifarWidth64: 8
    case .cifarPaper: 2
    }
  }

  /// The settings of a run with this workload.
  ///
  /// - Parameters:
  ///   - objective: What is minimized.
  ///   - globalBatch: The number of examples of all ranks.
  /// - Returns: The settings; files that they name are not read.
  public func settings(_ objective: Objective, globalBatch: Int) -> RunSettings {
    var settings = RunSettings()
    settings.name = rawValue
    settings.training.globalBatch = globalBatch
    settings.model.dropout = 0
    switch self {
    case .toy2D:
      settings.dataset.kind = .eightGaussians
      settings.model.kind = .mlp
    case .fashionMNIST:
      settings.dataset.kind = .fashionMNIST
      settings.model.width = 32
      settings.model.channelMultipliers = [1, 2, 2]
      settings.model.residualBlocks = 1
    case .cifarWidth64:
      settings.model.width = 64
      settings.model.residualBlocks = 2
    case .cifarPaper:
      break
    }
    if objective != .denoising {
      settings.regularizer.kind = .quasiConservative
      settings.regularizer.estimator = objective == .paper ? .paper : .skew
      settings.regularizer.weight = self == .toy2D ? 0.1 : 1e-3
    }
    return settings
  }

  /// The model that is trained.
  ///
  /// - Parameter settings: The settings of the workload.
  /// - Returns: The model, without weights.
  /// - Throws: `NetworkError` if options of the network do not fit together.
  public func model(_ settings: RunSettings) throws(NetworkError) -> ScoreModel {
    guard self == .toy2D else { return try settings.scoreModel() }
    return ScoreModel(
      network: Perceptron(dimension: 2, width: 128, hiddenLayers: 3), conversion: .direct)
  }
}
