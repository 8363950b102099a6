import Datasets
import Evaluation
import Execution
import MPI
import Randomness
import Scores

/// Samples of each class by Langevin dynamics, and how they cover the noisy data.
struct MoonsSamples: Codable {
  /// The first points of a class, flat [n, 2].
  var points: [Float]
  /// Precision, recall, density and coverage against the noisy points of the class; nil on ranks
  /// that have a part of the samples only.
  var overlap: SupportOverlap?
}

extension MoonsModels {
  /// The paper's step size at the noise level of the comparison.
  private static let stepSize = 3.5
  /// The k of the k-th nearest neighbours.
  private static let neighbours = 5
  /// The number of points of a class that are kept for a figure.
  private static let shown = 1000

  /// Samples of both classes by a method; every rank must call this, and rank 0's count.
  func samples(_ method: MoonsMethod) throws -> [MoonsSamples] {
    let time = try time(of: MoonsField.std)
    let sampler = try LangevinSampler(
      time: time, stepSize: Self.stepSize, steps: length.langevinSteps)
    return try (0..<2).map { label in
      let own = try SampleGroups(samples: length.samples, groupSize: length.samples)
        .share(of: 0, rank: context.world.rank, size: context.world.size)
      let batch = max(own.count, 1)
      let part = try sampler.sample(
        own, dimensions: 2, seed: UInt64(seed), score: posterior(method, label, batch: batch))
      guard let parts = try context.world.gather(part) else { return MoonsSamples(points: []) }
      let all = Array(parts.joined())
      return MoonsSamples(
        points: Array(all.prefix(2 * Self.shown)),
        overlap: SupportOverlap(
          real: try noisyPoints(ofClass: label), fake: matrix(all), neighbours: Self.neighbours))
    }
  }

  private func posterior(
    _ method: MoonsMethod, _ label: Int, batch: Int
  ) throws -> BatchScore {
    guard let classifier = method.classifier else {
      return try score(.classScore(label), batch: batch)
    }
    return guidedScore(
      prior: try score(.score, batch: batch),
      likelihood: try likelihoodScore(
        classifier, step: length.steps, label: label, batch: batch),
      factor: method.factor)
  }

  // The same noise for both classes, as in the authors' code.
  private func noisyPoints(ofClass label: Int) throws -> DenseMatrix {
    let points = try ClassView(TwoMoons(), only: label)
    let values = (0..<points.count).flatMap { index -> [Float] in
      let noise = RandomStream(
        seed: UInt64(seed), purpose: .evaluation, example: UInt64(index)
      ).normal(count: 2)
      return zip(points.example(index), noise).map { $0 + Float(MoonsField.std) * $1 }
    }
    return matrix(values)
  }

  private func matrix(_ points: [Float]) -> DenseMatrix {
    DenseMatrix(rows: points.count / 2, columns: 2, values: points.map(Double.init))
  }
}
