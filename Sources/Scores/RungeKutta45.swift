/// The right-hand side of `dy/dt = f(t, y)`: reads time and state, writes the derivative.
public typealias ODEDerivative = (
  _ time: Double, _ state: [Double], _ derivative: inout [Double]
) throws -> Void

/// The adaptive Dormand-Prince solver with the step control of SciPy's `solve_ivp(method="RK45")`.
///
/// Step sizes follow from the root mean square of error over scale, taken over the whole state of
/// all processes that share it, with `scale = atol + rtol max(|y|, |y_new|)` (Hairer, Norsett and
/// Wanner 1993, section II.4). End points and numbers of evaluations are those of SciPy.
public struct RungeKutta45: Sendable, Hashable {
  /// Error allowed in proportion to the state.
  public let relativeTolerance: Double
  /// Error allowed where the state is near 0.
  public let absoluteTolerance: Double

  /// Makes a solver.
  ///
  /// - Parameters:
  ///   - relativeTolerance: at least 100 units in the last place of 1.
  ///   - absoluteTolerance: not negative.
  /// - Throws: `ScoresError.invalidSetting`.
  public init(
    relativeTolerance: Double = 1e-5, absoluteTolerance: Double = 1e-5
  ) throws(ScoresError) {
    let smallest = 100 * Double.ulpOfOne
    try require(
      relativeTolerance >= smallest && relativeTolerance.isFinite, "relative tolerance",
      found: relativeTolerance, expected: "a number of at least \(smallest)")
    try require(
      absoluteTolerance >= 0 && absoluteTolerance.isFinite, "absolute tolerance",
      found: absoluteTolerance, expected: "0 or more")
    self.relativeTolerance = relativeTolerance
    self.absoluteTolerance = absoluteTolerance
  }

  /// The end of an integration and what it cost.
  public struct Solution: Sendable {
    /// The state at the end time.
    public var state: [Double]
    /// Evaluations of the derivative, SciPy's `nfev`.
    public var calls: Int
    /// Steps taken.
    public var acceptedSteps: Int
    /// Steps tried and discarded.
    public var rejectedSteps: Int
  }

  /// Integrates from one time to another, in either direction.
  ///
  /// All processes that share the state must call it with the same times and tolerances.
  ///
  /// - Parameters:
  ///   - state: the part of the initial state that this process holds; may be empty.
  ///   - start: initial time.
  ///   - end: final time.
  ///   - coupling: sums over the processes that share the state.
  ///   - derivative: the right-hand side for this process's part of the state.
  /// - Returns: the final state of this process.
  /// - Throws: `ScoresError.numericalFailure` when the derivative is not finite or the step size
  ///   falls below the spacing of numbers, and what `derivative` and the coupling throw.
  public func integrate(
    _ state: [Double], from start: Double, to end: Double, coupling: BatchCoupling = .local,
    derivative: ODEDerivative
  ) throws -> Solution {
    var solution = Solution(state: state, calls: 0, acceptedSteps: 0, rejectedSteps: 0)
    guard start != end else { return solution }
    let norm = ErrorNorm(solver: self, coupling: coupling)

    var slope = [Double](repeating: 0, count: state.count)
    try derivative(start, state, &slope)
    var stepSize = try initialStep(
      state, slope: slope, from: start, to: end, norm: norm, derivative: derivative)
    solution.calls = 2

    var pair = DormandPrince(firstStage: slope)
    var time = start
    while time != end {
      time = try advance(
        &solution, from: time, to: end, stepSize: &stepSize, pair: &pair, norm: norm,
        derivative: derivative)
    }
    return solution
  }

  // Retries ever smaller steps until one passes, and returns the time it reached.
  private func advance(
    _ solution: inout Solution, from time: Double, to end: Double, stepSize: inout Double,
    pair: inout DormandPrince, norm: ErrorNorm, derivative: ODEDerivative
  ) throws -> Double {
    let direction: Double = end > time ? 1 : -1
    let smallest = 10 * abs((direction > 0 ? time.nextUp : time.nextDown) - time)
    stepSize = max(stepSize, smallest)
    var isRetry = false
    while stepSize >= smallest {
      var next = time + stepSize * direction
      if direction * (next - end) > 0 { next = end }
      stepSize = abs(next - time)

      try pair.attempt(
        from: solution.state, at: time, step: next - time, derivative: derivative)
      solution.calls += DormandPrince.callsPerStep
      let error = try norm(
        pair.error, scaledBy: solution.state, and: pair.candidate)
      if error < 1 {
        stepSize *= min(isRetry ? 1 : Self.largestGrowth, growth(error))
        solution.state = pair.candidate
        solution.acceptedSteps += 1
        pair.accept()
        return next
      }
      // A NaN error shrinks the step like any other that is too large.
      stepSize *= error.isNaN ? Self.smallestGrowth : max(Self.smallestGrowth, growth(error))
      solution.rejectedSteps += 1
      isRetry = true
    }
    throw ScoresError.numericalFailure(
      of: "ODE solver", time: time, found: "a step size of \(stepSize)",
      expected: "at least \(smallest); the derivative may be discontinuous or not finite")
  }

  private static let smallestGrowth = 0.2
  private static let largestGrowth = 10.0
}
