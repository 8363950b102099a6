import Scores

/// The exact score of the marginals of Gaussian data `N(mean, std^2 I)`, in closed form.
struct GaussianScore {
  let sde: any SDE
  let mean: [Double]
  let std: Double

  /// Variance of x(t).
  func variance(at time: Double) -> Double {
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

  /// Score and divergence: the Jacobian is `-I / variance`.
  func divergence(
    _ states: [Float], _ time: Double, _ scores: inout [Float], _ divergences: inout [Double]
  ) {
    self(states, time, &scores)
    for index in divergences.indices {
      divergences[index] = -Double(mean.count) / variance(at: time)
    }
  }

  /// Score and the Jacobian's product with tangents.
  func product(
    _ states: [Float], _ time: Double, _ tangents: [Float], _ scores: inout [Float],
    _ products: inout [Float]
  ) {
    self(states, time, &scores)
    for index in tangents.indices {
      products[index] = Float(-Double(tangents[index]) / variance(at: time))
    }
  }
}

/// The processes of the reference data by their prefix.
func referenceProcess(_ prefix: String) throws -> any SDE {
  switch prefix {
  case "ve": try VE()
  case "vp": try VP()
  default: try SubVP()
  }
}
