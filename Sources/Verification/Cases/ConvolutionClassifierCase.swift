import Autodiff
import Evaluation
import Networks
import Scores

/// A convolutional classifier with batch normalization: losses, running statistics, both modes.
///
/// The prior score is exact for data from `N(0.5, 0.25^2)`.
struct ConvolutionClassifierCase {
  // Those of PyTorch and of the case's process.
  private static let momentum = 0.1
  private static let smallestTime = 1e-3
  private static let priorMean = 0.5
  private static let priorVariance = 0.25 * 0.25

  private let reference: ReferenceCase
  private let runs: ClassifierRuns
  private let times: [Double]
  private let stds: [Double]
  private let noisy: [Float]

  init(_ reference: ReferenceCase) throws {
    self.reference = reference
    let network = try ConditionedResNet(reference.configuration.residualNetwork())
    times = try reference.doubles("in/uniform").map {
      $0 * (1 - Self.smallestTime) + Self.smallestTime
    }
    stds = times.map(try VE(sigmaMin: 0.01, sigmaMax: 50).std)
    var inputs = try ClassifierRuns.inputs(reference, stds: stds, classes: network.classes)
    noisy = ClassifierRuns.noisyData(inputs)
    inputs[ProgramInput.priorScore] = Self.priorScore(of: noisy, stds: stds)
    let counters = reference.names(under: "param/").filter { $0.hasSuffix(".num_batches_tracked") }
    runs = try ClassifierRuns(
      reference, classifier: Classifier(network: network, logarithm: .shifted),
      weights: reference.weights(of: network, ignoring: Set(counters)), prior: .input,
      inputs: inputs)
  }

  func results() throws -> [String: [Double]] {
    var (results, statistics) = try runs.results()
    for (name, batch) in statistics {
      let before = try reference.doubles("param/\(name)")
      results["after/\(name)"] = zip(before, batch).map {
        (1 - Self.momentum) * $0 + Self.momentum * $1
      }
    }
    for (suffix, trains) in [("", true), ("_eval", false)] {
      let outputs = try runs.outputs(at: noisy, trains: trains)
      for name in ["logits", "g"] { results["out/\(name)\(suffix)"] = outputs[name] }
    }
    results["in/t"] = times
    results["in/sigma"] = stds
    results["in/xt"] = noisy.map(Double.init)
    results["in/score"] = runs.inputs[ProgramInput.priorScore]?.map(Double.init)
    return results
  }

  private static func priorScore(of noisy: [Float], stds: [Double]) -> [Float] {
    let size = noisy.count / max(stds.count, 1)
    return noisy.indices.map { index in
      let std = stds[index / size]
      return Float((priorMean - Double(noisy[index])) / (priorVariance + std * std))
    }
  }
}

extension CaseConfiguration {
  fileprivate func residualNetwork() throws(VerificationError)
    -> ConditionedResNet.Configuration
  {
    var configuration = ConditionedResNet.Configuration()
    configuration.imageSize = try integer("image_size")
    configuration.classes = try integer("classes")
    configuration.widths = try numbers("widths").map { Int($0) }
    configuration.blocks = configuration.widths.map { _ in 1 }
    configuration.embeddingWidth = try integer("nf")
    configuration.fourierScale = Float(try number("fourier_scale"))
    // The mean over a window of this extent is that over the whole image.
    let extent = configuration.imageSize >> (configuration.widths.count - 1)
    guard try integer("pool") == extent else { throw unsuitable("pool", "\(extent)") }
    return configuration
  }
}
