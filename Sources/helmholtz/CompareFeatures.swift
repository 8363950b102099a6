import ArgumentParser
import Checkpoints
import Evaluation
import Execution
import Foundation
import Training

/// Compares the features of real and generated examples.
struct CompareFeatures: ParsableCommand {
  /// A metric of two sets of features.
  enum Metric: String, CaseIterable {
    /// The squared Frechet distance of the Gaussians of equal moments.
    case fid
    /// The squared kernel distance over random subsets.
    case kid
    /// Precision, recall, density and coverage.
    case overlap = "prdc"
    /// The Inception score of the generated examples' logits.
    case inception = "is"
  }

  static let configuration = CommandConfiguration(
    abstract: "Compute distances and overlap of real and generated examples from their features.",
    discussion: """
      REAL and FAKE are safetensors files with a matrix of features, one row for each example: \
      activations of a network of your choice, or points themselves.

      fid is the squared Frechet distance; kid the squared kernel distance with kernel \
      (x.y/D + 1)^3, mean and deviation over random subsets; prdc precision, recall, density and \
      coverage by balls that reach to the k-th neighbour; is the Inception score of a matrix of \
      logits in FAKE, mean and deviation over consecutive parts. All in double precision.
      """)

  @Argument(help: "The features of real examples.") var real: String
  @Argument(help: "The features of generated examples.") var fake: String

  @Option(help: "What to compute, of \(names(Metric.allCases)).")
  var metrics = names([.fid, .kid, .overlap])

  @Option(help: "The name of the tensor of features; the only matrix of the file by default.")
  var tensor: String?

  @Option(help: "The name of the tensor of logits in FAKE.") var logits = "logits"
  @Option(help: "The number k of neighbours.") var neighbours = 3
  @Option(help: "The number of random subsets.") var subsets = 100
  @Option(help: "The rows of a random subset, at most those of the files.") var subsetSize = 1000
  @Option(help: "The number of parts of the Inception score.") var parts = 10
  @Option(help: "The seed of random subsets.") var seed: UInt64 = 0

  @Option(help: ArgumentHelp("Write the numbers as JSON.", valueName: "file"))
  var json: String?

  func validate() throws {
    _ = try chosenMetrics()
    for (name, value) in [
      ("neighbours", neighbours), ("subsets", subsets), ("parts", parts),
    ] where value < 1 {
      throw ValidationError("--\(name): found \(value), expected at least 1")
    }
    guard subsetSize >= 2 else {
      throw ValidationError("--subset-size: found \(subsetSize), expected at least 2")
    }
  }

  func run() throws {
    try Session.onRankZero(compare)
  }

  private func compare() throws -> ExitStatus {
    let metrics = try chosenMetrics()
    var numbers: [(name: String, value: Double)] = []
    if metrics.contains(where: { $0 != .inception }) {
      numbers += try comparison(metrics)
    }
    if metrics.contains(.inception) {
      let file = FeatureFile(path: fake)
      let matrix = try file.matrix(named: logits)
      try file.requireRows(matrix, atLeast: parts, for: "--parts \(parts)")
      let score = InceptionScore(logits: matrix, parts: parts)
      numbers += [("is", score.mean), ("is_deviation", score.deviation)]
    }
    for (name, value) in numbers { print("\(name) \(String(format: "%.6g", value))") }
    if let json {
      try write(Dictionary(uniqueKeysWithValues: numbers.map { ($0.name, $0.value) }), to: json)
    }
    return .done
  }

  private func comparison(_ metrics: [Metric]) throws -> [(name: String, value: Double)] {
    let files = (FeatureFile(path: real), FeatureFile(path: fake))
    let features = (try files.0.matrix(named: tensor), try files.1.matrix(named: tensor))
    guard features.0.columns == features.1.columns else {
      throw CheckpointError.mismatched(
        path: fake, subject: "features", found: "\(features.1.columns) columns",
        expected: "\(features.0.columns), as in \(real)")
    }
    for (file, matrix) in [(files.0, features.0), (files.1, features.1)] {
      try file.requireRows(matrix, atLeast: 2, for: "a comparison")
      if metrics.contains(.overlap) {
        try file.requireRows(matrix, atLeast: neighbours + 1, for: "--neighbours \(neighbours)")
      }
    }
    var numbers: [(name: String, value: Double)] = []
    if metrics.contains(.fid) {
      numbers.append(
        (
          "fid",
          try frechetDistance(FeatureMoments(of: features.0), FeatureMoments(of: features.1))
        ))
    }
    if metrics.contains(.kid) {
      let size = min(subsetSize, features.0.rows, features.1.rows)
      let distance = KernelDistance(
        real: features.0, fake: features.1, count: subsets, size: size, seed: seed)
      numbers += [("kid", distance.mean), ("kid_deviation", distance.deviation)]
    }
    if metrics.contains(.overlap) {
      let overlap = SupportOverlap(real: features.0, fake: features.1, neighbours: neighbours)
      numbers += [
        ("precision", overlap.precision), ("recall", overlap.recall),
        ("density", overlap.density), ("coverage", overlap.coverage),
      ]
    }
    return numbers
  }

  private func chosenMetrics() throws -> [Metric] {
    try metrics.split(separator: ",").map { name in
      guard let metric = Metric(rawValue: String(name)) else {
        throw ValidationError(
          "--metrics: found '\(name)', expected some of \(Self.names(Metric.allCases))")
      }
      return metric
    }
  }

  private static func names(_ metrics: [Metric]) -> String {
    metrics.map(\.rawValue).joined(separator: ",")
  }
}
