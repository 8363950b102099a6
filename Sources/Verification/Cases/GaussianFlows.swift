import Scores

/// The probability flow under the exact Gaussian score: end points, latents and likelihoods.
func gaussianFlowResults(of reference: ReferenceCase) throws -> [String: [Double]] {
  let configuration = reference.configuration
  let mean = try reference.doubles("in/mean")
  let solver = try RungeKutta45(
    relativeTolerance: configuration.number("rtol"),
    absoluteTolerance: configuration.number("atol"))
  var results: [String: [Double]] = [:]
  for (prefix, sde) in try reference.processes() {
    let score = GaussianScore(sde: sde, mean: mean, std: try configuration.number("std"))
    let sampling = try ProbabilityFlow(sde: sde, solver: solver, epsilon: sde.samplingEpsilon)
    let end = try sampling.transport(
      reference.doubles("\(prefix)/start"), from: 1, to: sampling.epsilon
    ) { score($0, $1, &$2) }
    let flow = try ProbabilityFlow(sde: sde, solver: solver, epsilon: sde.trainingEpsilon)
    let likelihood = try flow.likelihood(
      of: reference.floats("\(prefix)/data"), dimensions: mean.count,
      divergence: hutchinsonDivergence(
        probes: reference.floats("\(prefix)/probe"), dimensions: mean.count,
        product: score.product))
    let offset = try reference.doubles("\(prefix)/offset").first ?? 0
    let bits = likelihood.bitsPerDimension(offset: offset)
    for name in ["", "exact_"] {
      results["\(prefix)/\(name)end"] = end.states
      results["\(prefix)/\(name)latent"] = likelihood.latents
      results["\(prefix)/\(name)bits_per_dim"] = bits
    }
    results["nfe/\(prefix)_sample"] = [Double(end.calls)]
    results["nfe/\(prefix)_likelihood"] = [Double(likelihood.calls)]
  }
  return results
}
