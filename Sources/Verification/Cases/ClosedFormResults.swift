import Scores

/// Density, score and derivatives of a noisy Gaussian mixture in closed form, in double precision.
func closedFormResults(of reference: ReferenceCase) throws -> [String: [Double]] {
  let shape = try reference.shape("in/mean")
  let (means, stds) = (try reference.doubles("in/mean"), try reference.doubles("in/std"))
  let weights = try reference.doubles("in/weight")
  guard shape.count == 2, shape[0] >= 1, shape[1] >= 1, stds.count == shape[0],
    weights.count == shape[0]
  else {
    throw reference.damage(
      found: "\(stds.count) stds and \(weights.count) weights of means \(shape)",
      expected: "means [K, D], K stds and K weights")
  }
  let mixture = GaussianMixture(
    weights.indices.map { index in
      GaussianMixture.Component(
        weight: weights[index],
        mean: Array(means[index * shape[1]..<(index + 1) * shape[1]]), std: stds[index])
    })
  let (times, coordinates) = (try reference.doubles("in/t"), try reference.doubles("in/x"))
  let points = stride(from: 0, to: coordinates.count - shape[1] + 1, by: shape[1]).map {
    Array(coordinates[$0..<$0 + shape[1]])
  }
  var results: [String: [Double]] = [:]
  for (prefix, sde) in try reference.processes() {
    let marginals = times.flatMap { time in
      points.map { mixture.marginal(at: $0, time: time, of: sde) }
    }
    results["\(prefix)/log_density"] = marginals.map(\.logDensity)
    results["\(prefix)/d_log_density_dt"] = marginals.map(\.logDensityRate)
    results["\(prefix)/score"] = marginals.flatMap(\.score)
    results["\(prefix)/ds_dt"] = marginals.flatMap(\.scoreRate)
    results["\(prefix)/div"] = marginals.map(\.divergence)
    results["\(prefix)/g2"] = times.map { sde.diffusion(at: $0) * sde.diffusion(at: $0) }
    results["\(prefix)/a"] = times.map(sde.driftFactor)
    results["\(prefix)/mean_factor"] = times.map(sde.meanFactor)
    results["\(prefix)/variance"] = times.map { sde.std(at: $0) * sde.std(at: $0) }
  }
  return results
}
