/// A solver of `dy/dt = f(t, y)` that a probability flow can use.
public protocol FlowSolver: Sendable {
  /// Integrates from one time to another, in either direction.
  ///
  /// All processes that share the state must call it with the same times.
  ///
  /// - Parameters:
  ///   - state: the part of the initial state that this process holds; may be empty.
  ///   - start: initial time.
  ///   - end: final time.
  ///   - coupling: sums over the processes that share the state.
  ///   - derivative: the right-hand side for this process's part of the state.
  /// - Returns: the final state of this process.
  /// - Throws: `ScoresError.numericalFailure`, and what `derivative` and the coupling throw.
  func integrate(
    _ state: [Double], from start: Double, to end: Double, coupling: BatchCoupling,
    derivative: ODEDerivative
  ) throws -> RungeKutta45.Solution
}

extension RungeKutta45: FlowSolver {}

/// Heun's method with equal steps: the trapezoidal rule with an Euler step as predictor.
///
/// It is of second order and takes two evaluations for each step, whatever the state, so examples
/// do not depend on each other. Source: Karras et al. 2022, "Elucidating the Design Space of
/// Diffusion-Based Generative Models", arXiv 2206.00364, algorithm 1, there for other times.
public struct Heun: FlowSolver, Hashable {
  /// The number of steps.
  public let steps: Int

  /// Makes a solver.
  ///
  /// - Parameter steps: the number of steps, at least 1.
  /// - Throws: `ScoresError.invalidSetting`.
  public init(steps: Int) throws(ScoresError) {
    try require(steps >= 1, "number of steps", found: steps, expected: "at least 1")
    self.steps = steps
  }

  /// Integrates as `FlowSolver` describes; the coupling is not needed.
  public func integrate(
    _ state: [Double], from start: Double, to end: Double, coupling: BatchCoupling = .local,
    derivative: ODEDerivative
  ) throws -> RungeKutta45.Solution {
    var solution = RungeKutta45.Solution(
      state: state, calls: 0, acceptedSteps: 0, rejectedSteps: 0)
    var (first, second) = (state, state)
    func time(_ step: Int) -> Double {
      step == steps ? end : start + (end - start) * Double(step) / Double(steps)
    }
    for step in 0..<steps {
      let (now, next) = (time(step), time(step + 1))
      let size = next - now
      try derivative(now, solution.state, &first)
      let predicted = zip(solution.state, first).map { $0 + size * $1 }
      try derivative(next, predicted, &second)
      for index in state.indices {
        solution.state[index] += 0.5 * size * (first[index] + second[index])
      }
      solution.calls += 2
      solution.acceptedSteps += 1
      guard solution.state.allSatisfy(\.isFinite) else {
        throw ScoresError.numericalFailure(
          of: "Heun's method", time: next, found: "a state that is not finite",
          expected: "finite numbers; more steps may help")
      }
    }
    return solution
  }
}
