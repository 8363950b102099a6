import Foundation

extension RungeKutta45 {
  // The order of the embedded solution, which sets how the error scales with the step.
  private static let errorOrder = 4.0

  /// The factor by which the step may grow after an error relative to the tolerance.
  func growth(_ error: Double) -> Double {
    error == 0 ? .infinity : 0.9 * pow(error, -1 / (Self.errorOrder + 1))
  }

  /// A first step size from the magnitudes of state, slope and change of slope.
  ///
  /// The choice is that of Hairer, Norsett and Wanner 1993, section II.4; it costs one evaluation.
  func initialStep(
    _ state: [Double], slope: [Double], from start: Double, to end: Double, norm: ErrorNorm,
    derivative: ODEDerivative
  ) throws -> Double {
    let interval = abs(end - start)
    let direction: Double = end > start ? 1 : -1
    let stateNorm = try norm(state, scaledBy: state, and: state)
    let slopeNorm = try norm(slope, scaledBy: state, and: state)
    guard stateNorm.isFinite, slopeNorm.isFinite else {
      throw ScoresError.numericalFailure(
        of: "ODE solver", time: start,
        found: "a state of norm \(stateNorm) and a derivative of norm \(slopeNorm)",
        expected: "finite numbers")
    }

    let isTiny = stateNorm < 1e-5 || slopeNorm < 1e-5
    let probe = min(isTiny ? 1e-6 : 0.01 * stateNorm / slopeNorm, interval)
    let probeState = zip(state, slope).map { $0 + probe * direction * $1 }
    var probeSlope = [Double](repeating: 0, count: state.count)
    try derivative(start + probe * direction, probeState, &probeSlope)
    let change = zip(probeSlope, slope).map { $0 - $1 }
    let curvature = try norm(change, scaledBy: state, and: state) / probe

    let guess =
      slopeNorm <= 1e-15 && curvature <= 1e-15
      ? max(1e-6, probe * 1e-3)
      : pow(0.01 / max(slopeNorm, curvature), 1 / (Self.errorOrder + 1))
    return min(100 * probe, guess, interval)
  }
}

/// The root mean square of values over their tolerances, across all processes of a group.
struct ErrorNorm {
  let solver: RungeKutta45
  let coupling: BatchCoupling

  /// The norm of `values` with tolerances from the larger of two states.
  func callAsFunction(
    _ values: [Double], scaledBy first: [Double], and second: [Double]
  ) throws -> Double {
    var squares = 0.0
    for index in values.indices {
      let magnitude = max(abs(first[index]), abs(second[index]))
      let scale = solver.absoluteTolerance + solver.relativeTolerance * magnitude
      let ratio = values[index] / scale
      squares += ratio * ratio
    }
    let totals = try coupling.sum([squares, Double(values.count)])
    return totals[1] == 0 ? 0 : (totals[0] / totals[1]).squareRoot()
  }
}
