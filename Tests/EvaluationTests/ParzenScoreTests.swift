import Evaluation
import Foundation
import Randomness
import Testing

@Suite struct ParzenScoreTests {
  private let dimensions = 2

  private func normal(_ count: Int, spread: Float, step: UInt64) -> [Float] {
    RandomStream(seed: 3, purpose: .diagnostics, step: step)
      .normal(count: dimensions * count).map { spread * $0 }
  }

  /// The definition in Double, with the floor of the reference implementation.
  private func definition(
    at states: [Float], points: [Float], std: Double, floor: Double
  ) -> [Double] {
    let variance = std * std
    return stride(from: 0, to: states.count, by: dimensions).flatMap { start -> [Double] in
      var (density, moments) = (0.0, [Double](repeating: 0, count: dimensions))
      for point in stride(from: 0, to: points.count, by: dimensions) {
        let gap = (0..<dimensions).map { Double(points[point + $0]) - Double(states[start + $0]) }
        let squares = gap.reduce(0) { $0 + $1 * $1 }
        let normal = exp(-squares / (2 * variance)) / (2 * Double.pi * variance)
        density += normal
        for axis in gap.indices { moments[axis] += normal * gap[axis] / variance }
      }
      let count = Double(points.count / dimensions)
      return moments.map { $0 / count / (density / count + floor) }
    }
  }

  @Test(arguments: [0.1, 0.5, 3.0], [0, 1e-3])
  func agreesWithTheDefinition(std: Double, floor: Double) throws {
    let points = normal(1500, spread: 2, step: 0)
    // Near the points, where the definition does not underflow; two and a bit batches.
    let noise = normal(150, spread: Float(std), step: 1)
    let states = zip(points, noise).map { $0 + $1 }
    let found = try ParzenScore(points: points, dimensions: dimensions)
      .scores(at: states, std: std, floor: floor)
    let expected = definition(at: states, points: points, std: std, floor: floor)
    #expect(found.count == states.count)
    for (found, expected) in zip(found, expected) {
      #expect(abs(found - expected) < 1e-5 / std)
    }
  }

  @Test func farAwayTheNearestPointAttracts() throws {
    let score = try ParzenScore(points: [1, 2, 3, 3, 0], dimensions: 5)
      .scores(at: [101, 2, 3, 3, 0], std: 0.1)
    for (found, expected) in zip(score, [-1e4, 0, 0, 0, 0]) {
      #expect(abs(found - expected) < 1e-2)
    }
  }

  @Test func floorTakesTheScoreAwayFarFromTheData() throws {
    let score = try ParzenScore(points: [0, 0], dimensions: 2)
      .scores(at: [9, 0], std: 1, floor: 1e-8)
    #expect(abs(score[0]) < 1e-8)
  }
}
