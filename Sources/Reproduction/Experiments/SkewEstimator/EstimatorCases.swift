import RunConfiguration
import Scores

/// A network whose penalty is estimated.
enum EstimatorCase: String, CaseIterable {
  case gaussians = "8gaussians"
  case spirals
  case checkerboard
  case fashion = "fashion-mnist"

  /// The name in tables.
  var title: String {
    switch self {
    case .gaussians: "8-Gaussian"
    case .spirals: "Spirals"
    case .checkerboard: "Checkerboard"
    case .fashion: "Fashion-MNIST"
    }
  }

  var isPlane: Bool { self != .fashion }

  /// The preset from which training starts.
  var startPreset: String { isPlane ? "toy-\(rawValue)-u" : "fashion-mnist-u" }

  /// The preset with the penalty.
  var penaltyPreset: String { isPlane ? "toy-\(rawValue)-qc" : "fashion-mnist-qc" }
}

/// An estimator with its number of probes.
struct EstimatorChoice: Hashable {
  let estimator: QuasiConservative.Estimator
  let probes: Int

  /// The name in tables, and in names of run folders.
  var title: String { "\(estimator.rawValue), K = \(probes)" }
  var slug: String { "\(estimator.rawValue)\(probes)" }

  /// The skew form with one probe, of which the claim is.
  static let skewOnce = EstimatorChoice(estimator: .skew, probes: 1)
  /// What it is held against.
  static let paperMost = EstimatorChoice(estimator: .paper, probes: 16)

  /// What is trained from the same start.
  static let trained = [
    EstimatorChoice(estimator: .paper, probes: 1), EstimatorChoice(estimator: .paper, probes: 4),
    paperMost, skewOnce,
  ]
}
