/// The score of a posterior: the score of the prior plus a multiple of the likelihood's.
///
/// `s(x | y) = s(x) + alpha grad log p(y | x)` is Bayes' rule for alpha = 1 (Song et al. 2021, arXiv
/// 2011.13456, appendix I); larger factors sharpen the condition at the cost of the density (Dhariwal
/// and Nichol 2021). Samplers use it as any other score; step sizes that depend on a batch then
/// depend on guided scores, so a batch should hold one class.
///
/// - Parameters:
///   - prior: The score of the data without their class.
///   - likelihood: The gradient of the logarithm of the class's probability, as a batch score.
///   - factor: alpha.
/// - Returns: The guided score.
public func guidedScore(
  prior: @escaping BatchScore, likelihood: @escaping BatchScore, factor: Double
) -> BatchScore {
  var gradients: [Float] = []
  return { states, time, scores in
    if gradients.count != states.count { gradients = [Float](repeating: 0, count: states.count) }
    try prior(states, time, &scores)
    try likelihood(states, time, &gradients)
    for index in scores.indices {
      scores[index] = Float(Double(scores[index]) + factor * Double(gradients[index]))
    }
  }
}
