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
