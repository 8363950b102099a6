import Evaluation
import Execution

/// The metrics of two sets of features and of a table of logits.
func metricResults(of reference: ReferenceCase) throws -> [String: [Double]] {
  let real = try reference.matrix("in/real")
  let fake = try reference.matrix("in/fake")
  var results = try frechetResults(of: reference, real: real, fake: fake)
  results.merge(try kernelResults(of: reference, real: real, fake: fake)) { $1 }
  let logits = try reference.matrix("in/logits")
  for parts in try reference.configuration.numbers("splits").map({ Int($0) }) {
    let score = InceptionScore(logits: logits, parts: parts)
    results["isc/mean_\(parts)"] = [score.mean]
    results["isc/std_\(parts)"] = [score.deviation]
  }
  for neighbours in try reference.configuration.numbers("k").map({ Int($0) }) {
    let overlap = SupportOverlap(real: real, fake: fake, neighbours: neighbours)
    let prefix = "prdc/k\(neighbours)_"
    results[prefix + "precision"] = [overlap.precision]
    results[prefix + "recall"] = [overlap.recall]
    results[prefix + "density"] = [overlap.density]
    results[prefix + "coverage"] = [overlap.coverage]
  }
  return results
}

private func frechetResults(
  of reference: ReferenceCase, real: DenseMatrix, fake: DenseMatrix
) throws -> [String: [Double]] {
  let moments = (FeatureMoments(of: real), FeatureMoments(of: fake))
  let distance = try frechetDistance(moments.0, moments.1)
  // Fewer examples than features, so that both covariances are singular.
  let few = try reference.configuration.integer("rank_deficient")
  let singular = try frechetDistance(
    FeatureMoments(of: real.rows(0..<few)), FeatureMoments(of: fake.rows(0..<few)))
  return [
    "fid/pytorch": [distance], "fid/torch_fidelity": [distance],
    "fid/rank_deficient": [singular],
    "fid/mean_real": moments.0.mean, "fid/cov_real": moments.0.covariance.values,
    "fid/mean_fake": moments.1.mean, "fid/cov_fake": moments.1.covariance.values,
  ]
}

private func kernelResults(
  of reference: ReferenceCase, real: DenseMatrix, fake: DenseMatrix
) throws -> [String: [Double]] {
  let size = try reference.configuration.integer("kid_size")
  let chosen = (
    try reference.indices("kid/rows_real", below: real.rows),
    try reference.indices("kid/rows_fake", below: fake.rows)
  )
  guard chosen.0.count == chosen.1.count, chosen.0.count.isMultiple(of: size) else {
    throw reference.damage(
      found: "\(chosen.0.count) and \(chosen.1.count) rows", expected: "pairs of \(size)")
  }
  let subsets = stride(from: 0, to: chosen.0.count, by: size).map {
    (real: Array(chosen.0[$0..<$0 + size]), fake: Array(chosen.1[$0..<$0 + size]))
  }
  let distance = KernelDistance(real: real, fake: fake, subsets: subsets)
  return [
    "kid/each": distance.subsets, "kid/mean": [distance.mean], "kid/std": [distance.deviation],
  ]
}

extension ReferenceCase {
  fileprivate func matrix(_ name: String) throws -> DenseMatrix {
    let shape = try shape(name)
    guard shape.count == 2 else {
      throw damage(found: "shape \(shape) of \(name)", expected: "a matrix")
    }
    return DenseMatrix(rows: shape[0], columns: shape[1], values: try doubles(name))
  }
}
