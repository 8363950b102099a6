public import Autodiff

/// The penalty on a score's departure from the score Fokker-Planck equation.
///
/// With the residual `e = ds/dt - rhs` of ``FokkerPlanckEquation``, the vector term is the mean of
/// `w(t) |e|^m / D^m`. The scalar term is the Euclidean norm over the global batch of
/// `q = 1/2 g^2 (div s + |s|^2) - a x . s`, to which the form `meanZero` adds `-a D`. Source: Lai et
/// al., "FP-Diffusion", ICML 2023, arXiv 2210.04296, and its implementation.
///
/// The implementation adds the scalar term without `-a D`; for VP its q is then about `-1/2 beta D`
/// for the exact score, and a score of 0 minimizes it. The expectation of the mean-zero q is 0.
/// Dropout is off in both terms.
public struct FokkerPlanck: Sendable, Hashable {
  /// How the time derivative of the score is computed, with the data held fixed.
  public enum TimeDerivative: String, Sendable, Hashable, CaseIterable {
    /// As a Jacobian-vector product.
    case exact
    /// By a ``TimeStencil``, as the authors' code does: two more evaluations of the score.
    case stencil
  }

  /// How the divergence of the score is computed.
  public enum Divergence: String, Sendable, Hashable, CaseIterable {
    /// Estimated with probes.
    case probes
    /// From all unit vectors, for a handful of dimensions.
    case exact
  }

  /// The weight w of the vector term at a time.
  public enum Weight: String, Sendable, Hashable, CaseIterable {
    /// 1.
    case constant
    /// The diffusion g, `convention` in the authors' code.
    case diffusion
    /// Its square, `ll` in the authors' code.
    case likelihood
  }

  /// What the scalar term is the norm of.
  public enum ScalarForm: String, Sendable, Hashable, CaseIterable {
    /// With the divergence of the drift, of mean 0 for the exact score.
    case meanZero
    /// Without it, as the authors' code has it.
    case code
  }

  /// The factor alpha of the vector term; 0 leaves it out.
  public var strength: Float
  /// The factor beta of the scalar term; 0 leaves it out.
  public var scalarStrength: Float
  /// What the scalar term is the norm of.
  public var scalarForm: ScalarForm
  /// The exponent m of the vector term, at least 1.
  public var exponent: Int
  /// The weight of the vector term at a time.
  public var weight: Weight
  /// How the time derivative is computed.
  public var timeDerivative: TimeDerivative
  /// How the divergence is computed.
  public var divergence: Divergence
  /// How the gradient of the right-hand side is computed.
  public var route: FokkerPlanckEquation.GradientRoute
  /// The number of probes for an estimate of the divergence.
  public var probes: Int
  /// Whether the square of the vector term is the product of two residuals with probes of their own.
  ///
  /// Its mean over probes is then the square of the exact residual; otherwise the variance of the
  /// estimate is penalized too.
  public var pairsProbes: Bool

  /// Creates a penalty.
  public init(
    strength: Float, scalarStrength: Float = 0, scalarForm: ScalarForm = .meanZero,
    exponent: Int = 2, weight: Weight = .likelihood, timeDerivative: TimeDerivative = .exact,
    divergence: Divergence = .probes, route: FokkerPlanckEquation.GradientRoute = .nested,
    probes: Int = 1, pairsProbes: Bool = false
  ) {
    precondition(exponent >= 1 && probes >= 1, "an exponent or number of probes below 1")
    precondition(!pairsProbes || exponent == 2, "two residuals make a square only")
    self.strength = strength
    self.scalarStrength = scalarStrength
    self.scalarForm = scalarForm
    self.exponent = exponent
    self.weight = weight
    self.timeDerivative = timeDerivative
    self.divergence = divergence
    self.route = route
    self.probes = probes
    self.pairsProbes = pairsProbes
  }

  /// The number of probe tensors that a program with this penalty reads.
  public var probeCount: Int {
    divergence == .exact ? 0 : probes * (pairsProbes ? 2 : 1)
  }

  /// Whether the penalty has a norm over the global batch.
  public var hasScalarTerm: Bool { scalarStrength != 0 }

  /// The directions of each residual whose product is taken: one set, or two for a pair.
  func directions(probes all: [Value], for score: Value) -> [FokkerPlanckEquation.Directions] {
    precondition(all.count == probeCount, "\(all.count) probe tensors, expected \(probeCount)")
    if divergence == .exact { return [.init(exactFor: score)] }
    return stride(from: 0, to: all.count, by: probes).map {
      .init(probes: Array(all[$0..<$0 + probes]))
    }
  }

  /// Builds the vector term of each example, without alpha.
  ///
  /// - Parameters:
  ///   - equation: The equation with the score.
  ///   - scoreRate: The time derivative of the score, of its shape.
  ///   - probes: `probeCount` tensors of the score's shape, with `E[v v^T] = I`.
  /// - Returns: `w |e|^m / D^m`, `[B]`.
  public func vectorTerm(
    _ equation: FokkerPlanckEquation, scoreRate: Value, probes: [Value]
  ) -> Value {
    let residuals = directions(probes: probes, for: equation.score).map {
      scoreRate - equation.rightHandSide($0, by: route)
    }
    let squares = (residuals[0] * (residuals.last ?? residuals[0])).summedPerExample()
    let dimensions = Float(equation.score.shape.count / equation.score.shape[0])
    let scale = (0..<exponent).reduce(Float(1)) { scale, _ in scale / dimensions }
    return power(ofSquares: squares) * timeWeight(equation.squaredDiffusion) * scale
  }

  /// Builds the number of each example of whose squares the scalar term is the root of the sum, `[B]`.
  ///
  /// - Parameters:
  ///   - equation: The equation with the score.
  ///   - probes: `probeCount` tensors of the score's shape, with `E[v v^T] = I`.
  /// - Returns: q, `[B]`.
  public func scalarResidual(_ equation: FokkerPlanckEquation, probes: [Value]) -> Value {
    let directions =
      divergence == .exact
      ? FokkerPlanckEquation.Directions(exactFor: equation.score)
      : FokkerPlanckEquation.Directions(probes: probes)
    let potential = equation.potential(directions)
    guard scalarForm == .meanZero else { return potential }
    let dimensions = Float(equation.score.shape.count / equation.score.shape[0])
    return potential - equation.driftFactor * dimensions
  }

  private func power(ofSquares squares: Value) -> Value {
    let even = (0..<exponent / 2).reduce(squares.graph.constant(1, squares.shape)) { power, _ in
      power * squares
    }
    if exponent.isMultiple(of: 2) { return even }
    // The root has no derivative at 0.
    return even * sqrt(maximum(squares, squares.graph.constant(1e-30, squares.shape)))
  }

  private func timeWeight(_ squaredDiffusion: Value) -> Value {
    switch weight {
    case .constant: squaredDiffusion.graph.constant(1, squaredDiffusion.shape)
    case .diffusion: sqrt(squaredDiffusion)
    case .likelihood: squaredDiffusion
    }
  }
}
