import Scores

extension CaseConfiguration {
  /// The process of a prefix of tensor names: `ve`, `vp` or `sub_vp`.
  func process(named prefix: String) throws -> any SDE {
    if prefix == "ve" {
      return try VE(sigmaMin: number("sigma_min"), sigmaMax: number("sigma_max"))
    }
    let (low, high) = (try number("beta_min"), try number("beta_max"))
    return prefix == "vp"
      ? try VP(betaMin: low, betaMax: high) : try SubVP(betaMin: low, betaMax: high)
  }
}

extension ReferenceCase {
  /// The processes that the case has tensors of, by the prefix of their names.
  func processes() throws -> [(prefix: String, sde: any SDE)] {
    try ["ve", "vp", "sub_vp"].filter { expects("\($0)/") }
      .map { ($0, try configuration.process(named: $0)) }
  }
}

/// The score of the marginals of Gaussian data `N(mean, std^2 I)`, in closed form.
struct GaussianScore {
  let sde: any SDE
  let mean: [Double]
  let std: Double

  private func variance(at time: Double) -> Double {
    let factor = sde.meanFactor(at: time) * std
    return factor * factor + sde.std(at: time) * sde.std(at: time)
  }

  func callAsFunction(_ states: [Float], _ time: Double, _ scores: inout [Float]) {
    let (factor, variance) = (sde.meanFactor(at: time), variance(at: time))
    for index in states.indices {
      let centre = factor * mean[index % mean.count]
      scores[index] = Float((centre - Double(states[index])) / variance)
    }
  }

  /// The score and its Jacobian `-I / variance` applied to tangents.
  func product(
    _ states: [Float], _ time: Double, _ tangents: [Float], _ scores: inout [Float],
    _ products: inout [Float]
  ) {
    self(states, time, &scores)
    let slope = -1 / variance(at: time)
    for index in tangents.indices { products[index] = Float(slope * Double(tangents[index])) }
  }
}
