import Datasets
import RunConfiguration
import Scores

/// The size of the experiment and the settings of its runs.
struct FPMixturePlan: Sendable {
  /// The two objectives that are compared.
  enum Method: String, Sendable, CaseIterable {
    /// Denoising alone.
    case denoising = "dsm"
    /// Denoising and the vector term.
    case fokkerPlanck = "fpe"

    /// The name in tables and legends.
    var title: String { self == .denoising ? "DSM" : "DSM + FPE" }
  }

  let seeds: [UInt64]
  let isQuick: Bool

  init(_ options: ExperimentOptions) {
    isQuick = options.isQuick
    seeds = (1...UInt64(max(1, options.seeds ?? (options.isQuick ? 1 : 3)))).map { $0 }
  }

  /// The times at which the residual is measured.
  let times = (0..<10).map { 0.05 + 0.1 * Double($0) }

  /// The number of points at each time.
  var residualExamples: Int { isQuick ? 200 : 5000 }

  /// The number of points of the likelihood.
  var likelihoodExamples: Int { isQuick ? 100 : 4000 }

  /// The number of steps that are timed.
  var timedSteps: Int { isQuick ? 5 : 100 }

  /// The seed of everything that is drawn for measurements, the same for all models.
  let measurementSeed: UInt64 = 1001

  /// The density of the clean data.
  static let mixture = GaussianMixture(
    ToyMixture.components.map {
      GaussianMixture.Component(weight: $0.weight, mean: [$0.mean.x, $0.mean.y], std: $0.std)
    })

  /// Points that no model was trained on.
  var testPoints: ToyDensity {
    ToyDensity(
      .mixture, count: max(residualExamples, likelihoodExamples), seed: ~measurementSeed)
  }

  /// The settings of a run.
  func settings(_ method: Method, seed: UInt64) throws -> RunSettings {
    let overrides =
      isQuick ? ["training.steps=200", "training.global_batch=64", "dataset.points=2000"] : []
    var settings = try ResolvedSettings("toy-mixture-\(method.rawValue)", overrides: overrides)
      .settings
    settings.seed = seed
    return settings
  }
}
