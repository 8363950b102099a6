import Foundation
import Scores
import Testing

/// End points, evaluations and steps of SciPy 1.17's `solve_ivp(method="RK45")`.
@Suite struct RungeKutta45Tests {
  private struct Problem: CustomTestStringConvertible {
    let testDescription: String
    let start: [Double]
    let times: (Double, Double)
    let tolerances: (Double, Double)
    let end: [Double]
    let calls: Int
    let steps: (accepted: Int, rejected: Int)
    let derivative: @Sendable (Double, [Double]) -> [Double]

    func solve(_ coupling: BatchCoupling = .local) throws -> RungeKutta45.Solution {
      let solver = try RungeKutta45(
        relativeTolerance: tolerances.0, absoluteTolerance: tolerances.1)
      return try solver.integrate(start, from: times.0, to: times.1, coupling: coupling) {
        $2 = derivative($0, $1)
      }
    }
  }

  private static let decay = Problem(
    testDescription: "decay", start: [2], times: (0, 10), tolerances: (1e-3, 1e-6),
    end: [0.013507816271554403], calls: 44, steps: (7, 0)
  ) { _, state in [-0.5 * state[0]] }

  private static let problems = [
    decay,
    Problem(
      testDescription: "predator and prey", start: [10, 5], times: (0, 15),
      tolerances: (1e-6, 1e-8), end: [0.713737520824951, 0.07540895819317583], calls: 1376,
      steps: (202, 27)
    ) { _, state in
      [1.5 * state[0] - state[0] * state[1], -3 * state[1] + state[0] * state[1]]
    },
    Problem(
      testDescription: "van der Pol", start: [2, 0], times: (0, 20), tolerances: (1e-5, 1e-5),
      end: [-1.6012950472353193, 0.19833035818542694], calls: 1100, steps: (154, 29)
    ) { _, state in [state[1], 5 * (1 - state[0] * state[0]) * state[1] - state[0]] },
    Problem(
      testDescription: "backwards", start: [1, 2], times: (3, -2), tolerances: (1e-5, 1e-7),
      end: [0.34978643419652167, 4.500000000000001], calls: 92, steps: (12, 3)
    ) { time, state in [cos(time) * state[0], -time] },
    Problem(
      testDescription: "jump in the derivative", start: [1], times: (0, 1),
      tolerances: (1e-4, 1e-4), end: [51.00829928578204], calls: 140, steps: (11, 12)
    ) { time, state in [time > 0.5 ? 100 : 0.01 * state[0]] },
    Problem(
      testDescription: "rest", start: [0], times: (0, 1), tolerances: (1e-5, 1e-5), end: [0],
      calls: 44, steps: (7, 0)
    ) { _, _ in [0] },
  ]

  @Test(arguments: problems)
  private func endPointAndCountsMatchSciPy(problem: Problem) throws {
    let solution = try problem.solve()
    #expect(solution.calls == problem.calls)
    #expect(solution.acceptedSteps == problem.steps.accepted)
    #expect(solution.rejectedSteps == problem.steps.rejected)
    for (found, expected) in zip(solution.state, problem.end) {
      #expect(abs(found - expected) <= 1e-10 * max(1, abs(expected)))
    }
  }

  @Test func splitStatesTakeTheStepsOfTheWhole() throws {
    let solver = try RungeKutta45()
    let rates = [0.3, 5.0]
    let whole = try solver.integrate([1, 2], from: 0, to: 2) { _, state, derivative in
      for index in 0..<2 { derivative[index] = -rates[index] * state[index] }
    }
    // Two processes in lock step: the second replays the sums the whole state would give.
    var sums: [[Double]] = []
    _ = try solver.integrate(
      [1, 2], from: 0, to: 2,
      coupling: BatchCoupling {
        sums.append($0)
        return $0
      }
    ) { _, state, derivative in
      for index in 0..<2 { derivative[index] = -rates[index] * state[index] }
    }
    var position = 0
    let part = try solver.integrate(
      [2], from: 0, to: 2,
      coupling: BatchCoupling { values in
        #expect(values[1] == 1)
        defer { position += 1 }
        return sums[position]
      }
    ) { _, state, derivative in derivative[0] = -rates[1] * state[0] }
    #expect(part.state[0] == whole.state[1])
    #expect(part.calls == whole.calls)
    #expect(position == sums.count)
  }

  @Test func halvedToleranceOrderIsFive() throws {
    // The error per unit time of a fifth-order pair falls as the tolerance to the power of one or
    // faster; 1e4 smaller tolerance leaves at most 1e-3 of the error.
    let errors = try [1e-4, 1e-8].map { tolerance in
      let solver = try RungeKutta45(relativeTolerance: tolerance, absoluteTolerance: tolerance)
      let end = try solver.integrate([1, 0], from: 0, to: 2 * Double.pi) {
        $2 = [$1[1], -$1[0]]
      }.state
      return max(abs(end[0] - 1), abs(end[1]))
    }
    #expect(errors[1] < 1e-3 * errors[0])
  }

  @Test func aDerivativeThatIsNotFiniteIsANumericalFailure() throws {
    let solver = try RungeKutta45()
    #expect(throws: ScoresError.self) {
      try solver.integrate([1], from: 0, to: 1) { $2 = [$0 > 0.25 ? .nan : $1[0]] }
    }
    #expect(throws: ScoresError.self) {
      try solver.integrate([1], from: 0, to: 1) { _, _, derivative in derivative = [.infinity] }
    }
  }

  @Test func anEmptyIntervalKeepsTheState() throws {
    let solution = try RungeKutta45().integrate([1, 2], from: 0.5, to: 0.5) { _, _, _ in }
    #expect(solution.state == [1, 2])
    #expect(solution.calls == 0)
  }

  @Test func tolerancesOutOfRangeAreRefused() {
    #expect(throws: ScoresError.self) { try RungeKutta45(relativeTolerance: 0) }
    #expect(throws: ScoresError.self) { try RungeKutta45(absoluteTolerance: -1) }
    #expect(throws: ScoresError.self) { try RungeKutta45(relativeTolerance: .nan) }
  }
}
