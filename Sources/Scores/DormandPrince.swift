/// One step of the Runge-Kutta pair of orders 5 and 4 with seven stages, the last of which is the
/// first of the next step (Dormand and Prince 1980, table 2).
///
/// Stage derivatives are kept between calls, so a solver allocates them once.
struct DormandPrince {
  private static let nodes: [Double] = [0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1]
  private static let stageWeights: [[Double]] = [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  ]
  private static let solutionWeights: [Double] = [
    35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84,
  ]
  // Order 5 minus order 4.
  private static let errorWeights: [Double] = [
    -71 / 57600, 0, 71 / 16695, -71 / 1920, 17253 / 339200, -22 / 525, 1 / 40,
  ]

  /// Derivative evaluations per step when the first stage is inherited.
  static let callsPerStep = 6

  /// The state at the end of the last step taken.
  private(set) var candidate: [Double]
  /// The difference of the two orders at the end of the last step taken.
  private(set) var error: [Double]
  private var stages: [[Double]]

  /// Prepares steps from a state whose derivative is known.
  init(firstStage: [Double]) {
    let zeros = [Double](repeating: 0, count: firstStage.count)
    candidate = zeros
    error = zeros
    stages = [[Double]](repeating: zeros, count: Self.errorWeights.count)
    stages[0] = firstStage
  }

  /// Computes candidate and error of a step of signed length `step`.
  mutating func attempt(
    from state: [Double], at time: Double, step: Double, derivative: ODEDerivative
  ) throws {
    for stage in 1..<Self.nodes.count {
      combine(Self.stageWeights[stage], step: step, base: state)
      try derivative(time + Self.nodes[stage] * step, candidate, &stages[stage])
    }
    combine(Self.solutionWeights, step: step, base: state)
    try derivative(time + step, candidate, &stages[Self.nodes.count])
    for index in error.indices { error[index] = 0 }
    accumulate(Self.errorWeights, step: step, into: &error)
  }

  /// Makes the last stage the first one of the next step.
  mutating func accept() {
    stages.swapAt(0, stages.count - 1)
  }

  private mutating func combine(_ weights: [Double], step: Double, base: [Double]) {
    for index in base.indices { candidate[index] = base[index] }
    accumulate(weights, step: step, into: &candidate)
  }

  private func accumulate(_ weights: [Double], step: Double, into target: inout [Double]) {
    for (weight, stage) in zip(weights, stages) where weight != 0 {
      let factor = weight * step
      for index in target.indices { target[index] += factor * stage[index] }
    }
  }
}
