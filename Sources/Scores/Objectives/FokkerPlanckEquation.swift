public import Autodiff

/// The two sides of the score Fokker-Planck equation for a score in a graph.
///
/// The scores s of the marginals of `dx = a x dt + g dw` satisfy
/// `ds/dt = grad[ 1/2 g^2 (div s + |s|^2) - a x . s ]`: the gradient of the Fokker-Planck equation
/// divided by the density, in which the constant divergence of the drift drops out. Source: Lai et al.,
/// "FP-Diffusion", ICML 2023, arXiv 2210.04296, section 3. Each example's score must depend on that
/// example only.
public struct FokkerPlanckEquation {
  /// How the gradient of the right-hand side is computed; the results are equal up to rounding.
  public enum GradientRoute: String, Sendable, Hashable, CaseIterable {
    /// From products with the Jacobian J: `grad |s|^2 = 2 J^T s`, and `grad (v^T J v)` is the
    /// derivative of `J^T v` along v. Training differentiates it once more in reverse.
    case products
    /// As the gradient of the bracket, as the authors' code has it; training then has derivatives of
    /// third order, all in reverse.
    case nested
  }

  /// The vectors v from which the divergence is the factor times the sum of `v^T J v`.
  public struct Directions {
    let vectors: [Value]
    let factor: Float

    /// Hutchinson's estimate.
    ///
    /// - Parameter probes: At least one tensor of the score's shape, with `E[v v^T] = I`.
    public init(probes: [Value]) {
      precondition(!probes.isEmpty, "no probe")
      vectors = probes
      factor = 1 / Float(probes.count)
    }

    /// The exact divergence, from all unit vectors.
    ///
    /// - Parameter score: The score, of as many vectors as dimensions.
    public init(exactFor score: Value) {
      let example = Shape(Array(score.shape.dimensions.dropFirst()))
      vectors = (0..<example.count).map { axis in
        var elements = [Float](repeating: 0, count: example.count)
        elements[axis] = 1
        return score.graph.literal(elements, Shape([1] + example.dimensions))
          .broadcast(to: score.shape)
      }
      factor = 1
    }
  }

  /// The score, `[B]` followed by the example's shape.
  public let score: Value
  /// What it is a function of, of the same shape.
  public let data: Value
  /// The coefficient a of the drift, `[B]`.
  public let driftFactor: Value
  /// The squared diffusion `g^2`, `[B]`.
  public let squaredDiffusion: Value

  /// Names the score and the process.
  public init(of score: Value, at data: Value, driftFactor: Value, squaredDiffusion: Value) {
    self.score = score
    self.data = data
    self.driftFactor = driftFactor
    self.squaredDiffusion = squaredDiffusion
  }

  /// The divergence of the score, `[B]`.
  public func divergence(_ directions: Directions) -> Value {
    sum(directions) { (vjp(of: score, at: data, cotangent: $0) * $0).summedPerExample() }
  }

  /// The right-hand side, of the score's shape.
  public func rightHandSide(
    _ directions: Directions, by route: GradientRoute
  ) -> Value {
    switch route {
    case .nested:
      let potential = potential(directions)
      return vjp(
        of: potential, at: data, cotangent: data.graph.constant(1, potential.shape))
    case .products:
      let (a, g2) = (driftFactor.aligned(with: data), squaredDiffusion.aligned(with: data))
      let square = vjp(of: score, at: data, cotangent: g2 * score - a * data) - a * score
      let divergenceGradient = sum(directions) { vector in
        jvp(of: vjp(of: score, at: data, cotangent: vector), at: data, tangent: vector)
      }
      return square + 0.5 * g2 * divergenceGradient
    }
  }

  /// The bracket `1/2 g^2 (div s + |s|^2) - a x . s` of each example, `[B]`.
  public func potential(_ directions: Directions) -> Value {
    0.5 * squaredDiffusion * (divergence(directions) + square(score).summedPerExample())
      - driftFactor * (data * score).summedPerExample()
  }

  private func sum(_ directions: Directions, _ term: (Value) -> Value) -> Value {
    let terms = directions.vectors.map(term)
    return terms.dropFirst().reduce(terms[0], +) * directions.factor
  }
}
