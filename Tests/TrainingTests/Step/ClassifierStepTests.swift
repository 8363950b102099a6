import Autodiff
import Datasets
import MPI
import Networks
import RunConfiguration
import Scores
import Testing

@testable import Training

/// Steps of classifiers on one rank: accumulation, replicas and running statistics.
@Suite(.serialized) struct ClassifierStepTests {
  private static let environment = Result {
    let environment = try MPIEnvironment.start()
    environment.finalizeAtExit()
    return environment
  }

  private static func moons() throws -> RunSettings {
    try ResolvedSettings(
      "toy-moons",
      overrides: [
        "classifier.objective=cross_entropy", "dataset.points=100", "training.global_batch=24",
      ]
    ).settings
  }

  private static func images() throws -> RunSettings {
    var settings = RunSettings()
    settings.dataset.kind = .fashionMNIST
    settings.dataset.size = 32
    settings.model.kind = .resNet18
    settings.classifier.objective = .crossEntropy
    settings.classifier.normalizationGroup = 2
    settings.training.globalBatch = 4
    settings.optimizer.warmupSteps = 0
    settings.numerics.winograd = .off
    try settings.validate()
    return settings
  }

  private func makeStep(_ settings: RunSettings) throws -> (DataParallelStep, TrainingState) {
    let network = try settings.trainingSubject().network
    let state = TrainingState(network.parameters, seed: settings.seed)
    let examples: any Dataset =
      settings.dataset.isToy
      ? try settings.examples(.train)
      : LabelledNoise(count: 12, shape: network.exampleShape.dimensions)
    let step = try DataParallelStep(
      settings, dataset: examples, state: state, over: try Self.environment.get().world)
    return (step, state)
  }

  @Test func crossEntropyOfTheMoonsFalls() throws {
    var settings = try Self.moons()
    settings.optimizer.learningRate = 1e-3
    settings.training.globalBatch = 100
    let (step, _) = try makeStep(settings)
    let losses = try (0..<60).map { _ in try step().loss }
    let last = losses.suffix(10).reduce(0, +) / 10
    #expect(last < 0.5 * losses[0], "\(losses[0]) \(last)")
  }

  @Test func microBatchesAndReplicasGiveTheSameStep() throws {
    var settings = try Self.moons()
    let (whole, _) = try makeStep(settings)
    settings.training.microBatch = 4
    settings.numerics.replicas = 2
    let (parts, _) = try makeStep(settings)
    #expect(parts.plan.accumulation == 3)
    for _ in 0..<3 {
      let (first, second) = (try whole(), try parts())
      #expect(first.terms.map(\.name) == ["cross_entropy"])
      #expect(abs(first.loss - second.loss) <= 1e-6 * first.loss)
      #expect(abs(first.gradientNorm - second.gradientNorm) <= 1e-5 * first.gradientNorm)
    }
  }

  @Test func runningStatisticsMoveByATenthTowardsTheMeanOverGroups() throws {
    var settings = try Self.images()
    let (whole, first) = try makeStep(settings)
    settings.training.microBatch = 2
    let (parts, second) = try makeStep(settings)
    _ = (try whole(), try parts())
    let fixed = first.layout.parameters.filter { $0.name.hasPrefix("bn1.running") }
    #expect(fixed.count == 2)
    for parameter in fixed {
      let range = first.layout.range(of: parameter)
      let (left, right) = (first.parameters[range], second.parameters[range])
      #expect(left.elementsEqual(right) { abs($0 - $1) <= 1e-5 * max(abs($0), 1e-2) })
      // Zeros or ones at first; nothing that a convolution gives has exactly these moments.
      #expect(!left.contains(parameter.name.hasSuffix("mean") ? 0 : 1))
      #expect(first.average[range].elementsEqual(left))
    }
  }

  @Test func groupsThatAMicroBatchWouldCutAreAnErrorOfTheConfiguration() throws {
    var settings = try Self.images()
    settings.classifier.normalizationGroup = 0
    settings.training.microBatch = 2
    let error = #expect(throws: ConfigurationError.self) { try makeStep(settings) }
    #expect(error?.description.hasPrefix("classifier.normalization_group: found 0") == true)
  }

  @Test func aScoreRunThatIsNoneIsNamed() throws {
    var settings = try Self.moons()
    settings.classifier.objective = .total
    settings.classifier.scoreRun = "/nowhere/at/all"
    let error = #expect(throws: SharedFailure.self) { try makeStep(settings) }
    #expect(
      error?.description == "classifier.score_run /nowhere/at/all: found no configuration,"
        + " expected the run folder of a score model")
  }
}

/// Random images with labels, functions of their numbers.
private struct LabelledNoise: Dataset {
  let name = "labelled noise"
  private let images: RandomExamples

  init(count: Int, shape: [Int]) {
    images = RandomExamples(count: count, shape: shape, seed: 9)
  }

  var count: Int { images.count }
  var shape: [Int] { images.shape }
  var classes: Int { 10 }

  func label(_ index: Int) -> Int { index % 10 }

  func copyExample(
    _ index: Int, flipped: Bool, into out: UnsafeMutableBufferPointer<Float>
  ) {
    images.copyExample(index, flipped: flipped, into: out)
  }
}
