import Foundation
import MPI
import Networks
import RunConfiguration
import Scores
import Training

/// What is recorded of one autoencoder while it is trained on the penalty alone.
struct AutoencoderCurve: Codable {
  /// The steps done when the other values were taken.
  var steps: [Int] = []
  /// The penalty `1/2 |J - J^T|^2`, its mean over the grid.
  var penalty: [Double] = []
  /// `|(W R^T)_01 - (W R^T)_10|`.
  var asymmetry: [Double] = []
  /// `|W - R|_F`.
  var distance: [Double] = []

  /// The place of a step; the nearest one that is recorded.
  func index(of step: Int) -> Int {
    steps.indices.min { abs(steps[$0] - step) < abs(steps[$1] - step) } ?? 0
  }
}

/// Autoencoders of several seeds, each trained on the exact penalty over a fixed grid.
///
/// See Chao et al. 2023, section 6, in the settings of the authors' code: 40 x 40 points of
/// [-10, 10]^2, Adam with 1e-4, gradients clipped to norm 1.
struct AutoencoderCurves {
  static let gridSize = 40
  private static let halfWidth: Float = 10

  let activation: Autoencoder.HiddenActivation
  /// The number of steps of each run.
  let steps: Int
  /// The number of steps from one record to the next.
  let interval: Int

  /// Trains one network for each seed from 1 on; every rank must call this and trains some.
  ///
  /// A network's numbers do not depend on the rank that trains it.
  ///
  /// - Returns: The curves in the order of the seeds, on every rank.
  /// - Throws: `SharedFailure` if a rank fails, `MPIError`.
  func curves(seeds: Int, over world: Communicator) throws -> [AutoencoderCurve] {
    let mine = try world.together {
      let training = try training()
      return try stride(from: world.rank, to: seeds, by: world.size).map { index in
        try curve(of: training, seed: UInt64(index + 1))
      }
    }
    let texts = try world.allGatherStrings(
      String(decoding: try JSONEncoder.ofNumbers.encode(mine), as: UTF8.self))
    let parts = try texts.map {
      try JSONDecoder.ofNumbers.decode([AutoencoderCurve].self, from: Data($0.utf8))
    }
    return (0..<seeds).map { parts[$0 % world.size][$0 / world.size] }
  }

  private func training() throws -> FixedBatchTraining {
    var settings = OptimizerSettings()
    settings.learningRate = 1e-4
    settings.clipNorm = 1
    settings.warmupSteps = 0
    let count = Self.gridSize * Self.gridSize
    let ones = [Float](repeating: 1, count: count)
    return try FixedBatchTraining(
      ScoreModel(network: Autoencoder(activation: activation), conversion: .direct),
      objective: Objective(
        denoising: nil, penalty: QuasiConservative(estimator: .exact, strength: 1)),
      batch: count,
      // The field ignores the noise level; with none, the penalty has the weight 1.
      inputs: [
        ProgramInput.data: Self.grid, ProgramInput.noise: [Float](repeating: 0, count: 2 * count),
        ProgramInput.meanFactor: ones, ProgramInput.standardDeviation: ones,
        ProgramInput.condition: ones,
      ],
      optimizer: Optimizer(settings, averaging: EMASettings()))
  }

  private static var grid: [Float] {
    let ticks = (0..<gridSize).map {
      halfWidth * (2 * Float($0) / Float(gridSize - 1) - 1)
    }
    return ticks.flatMap { y in ticks.flatMap { x in [x, y] } }
  }

  private func curve(of training: FixedBatchTraining, seed: UInt64) throws -> AutoencoderCurve {
    training.begin(seed: seed)
    var curve = AutoencoderCurve()
    for step in 0...steps {
      if step.isMultiple(of: interval) || step == steps {
        try record(training, after: step, in: &curve)
      }
      if step < steps { _ = try training.step() }
    }
    return curve
  }

  private func record(
    _ training: FixedBatchTraining, after step: Int, in curve: inout AutoencoderCurve
  ) throws {
    let values = Dictionary(
      uniqueKeysWithValues: training.state.layout.parameters.map {
        ($0.name, training.values(of: $0))
      })
    let weights = AutoencoderWeights(
      decoder: values["R.weight"] ?? [], encoder: values["Wt.weight"] ?? [], dimension: 2)
    curve.steps.append(step)
    curve.penalty.append(try training.measure())
    curve.asymmetry.append(weights.asymmetry)
    curve.distance.append(weights.distance)
  }
}
