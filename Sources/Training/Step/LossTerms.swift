/// Sums of the loss terms over examples.
struct LossTerms: Sendable {
  /// The denoising loss.
  var denoising = 0.0
  /// The penalty without lambda; 0 if there is none.
  var penalty = 0.0

  static func += (sum: inout LossTerms, terms: LossTerms) {
    sum.denoising += terms.denoising
    sum.penalty += terms.penalty
  }
}
