import MPI
import Networks
import RunConfiguration
import Training

/// Training of a toy by all ranks of a test, step by step.
final class RankTraining {
  let settings: RunSettings
  let state: TrainingState
  let step: DataParallelStep
  private let ranks: Communicator

  /// Begins a run; every rank must call this.
  init(_ overrides: [String] = [], over ranks: Communicator) throws {
    let usual = [
      "training.global_batch=24", "dataset.points=500", "ema.decay=0.9",
      "communication.bucket_megabytes=0.06",
    ]
    settings = try ResolvedSettings("toy-8gaussians-qc", overrides: usual + overrides).settings
    let network = try settings.scoreModel().network
    state = TrainingState(
      network.parameters, settings: settings, rank: ranks.rank, of: ranks.size)
    step = try DataParallelStep(
      settings, dataset: settings.trainingExamples(for: network), state: state, over: ranks)
    self.ranks = ranks
  }

  /// Makes some steps; every rank must call this.
  func run(_ steps: Int, isUpdateLeftOpen: Bool = false) throws -> [StepSummary] {
    try (0..<steps).map { _ in try step(isUpdateLeftOpen: isUpdateLeftOpen) }
  }

  var parameters: [Float] { Array(state.parameters.values) }

  /// The average of all weights; every rank must call this.
  func average() throws -> [Float] {
    let buffer = try state.wholeAverage(over: ranks)
    return withExtendedLifetime(buffer) { Array(buffer.values) }
  }

  /// Whether all ranks have the same bits; every rank must call this.
  func isCommon(_ values: [Float]) throws -> Bool {
    var (least, most) = (values.map(\.bitPattern), values.map(\.bitPattern))
    try ranks.allReduce(&least, by: .minimum)
    try ranks.allReduce(&most, by: .maximum)
    return least == most
  }

  /// The mean over all ranks; every rank must call this.
  func mean(_ values: [Float]) throws -> [Float] {
    var sums = values.map(Double.init)
    try ranks.allReduce(&sums, by: .sum)
    return sums.map { Float($0 / Double(ranks.size)) }
  }
}

/// The largest difference of two lists, relative to the largest element.
func relativeDifference(_ left: [Float], _ right: [Float]) -> Float {
  guard left.count == right.count else { return .infinity }
  let scale = left.reduce(1e-30) { max($0, abs($1)) }
  return zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
}
