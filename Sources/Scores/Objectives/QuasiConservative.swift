public import Autodiff

/// The penalty `1/2 |J - J^T|_F^2` on the rotation of a score with Jacobian J.
///
/// It is zero where the score is a gradient field. Source: Chao et al., "On Investigating the
/// Conservative Property of Score-Based Generative Models", ICML 2023, arXiv 2209.12753,
/// section 4. All estimators have the same mean over probes.
public struct QuasiConservative: Sendable, Hashable {
  /// How the penalty is computed.
  public enum Estimator: String, Sendable, Hashable, CaseIterable {
    /// `1/2 |J v - J^T v|^2`: never negative, with little noise near a conservative field.
    case skew
    /// `|J^T v|^2 - (J^T v) . (J v)`, the paper's form.
    case paper
    /// From the whole Jacobian, without probes; for a handful of dimensions.
    case exact
  }

  /// How the penalty is computed.
  public var estimator: Estimator
  /// The factor lambda of the penalty in the loss.
  public var strength: Float
  /// The number of probes for each example.
  public var probes: Int
  /// The power of the noise's standard deviation that weights the penalty.
  ///
  /// The paper has 2, as for denoising. The Jacobian of a score grows as the inverse variance when
  /// the noise shrinks, so that with 2 the smallest noise levels make up nearly all of the penalty;
  /// with 4 all levels count by their asymmetry relative to their Jacobian.
  public var noisePower: Int

  /// Creates a penalty.
  public init(
    estimator: Estimator = .skew, strength: Float, probes: Int = 1, noisePower: Int = 2
  ) {
    precondition(probes >= 1, "\(probes) probes, expected at least 1")
    precondition(noisePower >= 0, "noise power \(noisePower), expected 0 or more")
    self.noisePower = noisePower
    self.estimator = estimator
    self.strength = strength
    self.probes = probes
  }

  /// The number of probe tensors that a program with this penalty reads; 0 for the exact one.
  public var probeCount: Int { estimator == .exact ? 0 : probes }

  /// The weight of each example's penalty, `standardDeviation^noisePower`.
  public func noiseWeight(_ standardDeviation: Value) -> Value {
    (0..<noisePower).reduce(standardDeviation.graph.constant(1, standardDeviation.shape)) {
      weight, _ in weight * standardDeviation
    }
  }

  /// Builds the penalty of each example, without lambda and without the weight of its noise level.
  ///
  /// The probes share the score's own computation. Each costs one reverse and one forward pass.
  ///
  /// - Parameters:
  ///   - score: The score, `[B]` followed by the example's shape.
  ///   - data: What it is a function of; each example's score depends on that example only.
  ///   - probes: `probeCount` tensors of the score's shape, with `E[v v^T] = I`.
  /// - Returns: The mean over the probes, `[B]`.
  public func penalties(score: Value, at data: Value, probes: [Value]) -> Value {
    precondition(
      probes.count == probeCount, "\(probes.count) probe tensors, expected \(probeCount)")
    if estimator == .exact {
      let jacobian = jacobian(of: score, at: data)
      return 0.5 * square(jacobian - jacobian.transposed([0, 2, 1])).summedPerExample()
    }
    let estimates = probes.map { probe -> Value in
      let products = JacobianProducts(of: score, at: data, probe: probe)
      return estimator == .skew ? products.skew : products.traceJJt - products.traceJJ
    }
    return estimates.reduce(score.graph.constant(0, [score.shape[0]]), +)
      * (1 / Float(estimates.count))
  }
}
