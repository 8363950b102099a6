import Scores

/// Marginals, coefficients, discretizations and priors of the processes.
func processTableResults(of reference: ReferenceCase) throws -> [String: [Double]] {
  let times = try reference.doubles("in/t")
  let count = try reference.configuration.integer("N")
  let levels = zip(times, try reference.indices("in/index", below: count)).map {
    NoiseLevel(time: $0, index: $1, count: count)
  }
  let latents = try reference.doubles("in/z")
  let dimensions = try reference.shape("in/z").dropFirst().reduce(1, *)
  var results: [String: [Double]] = [:]
  for (prefix, sde) in try reference.processes() {
    results["\(prefix)/mean_factor"] = times.map(sde.meanFactor)
    results["\(prefix)/std"] = times.map(sde.std)
    results["\(prefix)/drift_factor"] = times.map(sde.driftFactor)
    results["\(prefix)/g"] = times.map(sde.diffusion)
    results["\(prefix)/f_factor"] = levels.map { sde.discretization(at: $0).driftFactor }
    results["\(prefix)/G"] = levels.map { sde.discretization(at: $0).diffusion }
    results["\(prefix)/prior_logp"] = stride(from: 0, to: latents.count, by: dimensions).map {
      sde.priorLogDensity(of: latents[$0..<$0 + dimensions])
    }
    let all = (0..<count).map { NoiseLevel(time: 1, index: $0, count: count) }
    if let exploding = sde as? VE {
      results["\(prefix)/discrete_sigmas"] = all.map(exploding.sigma(of:))
    }
    if let preserving = sde as? VP {
      let tables = try preservingTables(preserving, levels: all, times: times, of: reference)
      for (name, values) in tables { results["\(prefix)/\(name)"] = values }
    }
  }
  return results
}

private func preservingTables(
  _ sde: VP, levels: [NoiseLevel], times: [Double], of reference: ReferenceCase
) throws -> [String: [Double]] {
  let factors = levels.map(sde.langevinFactor)
  var product = 1.0
  let products = factors.map { factor in
    product *= factor
    return product
  }
  let start = try reference.configuration.number("eps")
  return [
    "discrete_betas": levels.map(sde.schedule.rate(of:)), "alphas": factors,
    "alphas_cumprod": products,
    "importance_cum_weight": times.dropFirst().map {
      sde.likelihoodWeight(from: start, to: $0, form: .reference)
    },
  ]
}
