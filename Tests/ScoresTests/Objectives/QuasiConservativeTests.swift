import Autodiff
import Networks
import Scores
import TestSupport
import Testing

@Suite struct QuasiConservativeTests {
  private let graph = Graph()
  private let x: Value
  private let score: Value
  private let evaluator: ReferenceEvaluator

  // A small non-linear field of three coordinates, with two examples.
  init() {
    x = graph.input("x", [2, 3])
    let mixed = matrixProduct(x, graph.input("A", [3, 3]))
    score = tanh(mixed) + 0.3 * x * mixed
    evaluator = ReferenceEvaluator([
      "x": [0.3, -0.8, 0.5, 1.1, 0.2, -0.4], "A": [1, 0.5, -0.3, 0.2, -1, 0.7, 0.4, 0.1, 0.6],
    ])
  }

  // All sign vectors: their mean is the mean over Rademacher probes, without sampling error.
  private func allSigns() -> [Value] {
    (0..<8).map { bits in
      graph.literal((0..<3).map { bits >> $0 & 1 == 0 ? 1 : -1 }, [1, 3]).broadcast(to: [2, 3])
    }
  }

  @Test func penaltyIsWeightedByAPowerOfTheNoise() throws {
    let deviations = graph.literal([0.5, 3], [2])
    for (power, weights) in [(0, [1, 1]), (2, [0.25, 9]), (4, [0.0625, 81])] {
      let penalty = QuasiConservative(strength: 1, noisePower: power)
      #expect(try evaluator.evaluate(penalty.noiseWeight(deviations)) == weights)
    }
    #expect(QuasiConservative(strength: 1).noisePower == 2)
  }

  @Test func jacobianHasRowsOfScoresAndColumnsOfData() throws {
    let jacobian = try evaluator.evaluate(jacobian(of: score, at: x))
    for column in 0..<3 {
      let unit = graph.literal((0..<3).map { $0 == column ? 1 : 0 }, [1, 3])
      let direct = try evaluator.evaluate(
        jvp(of: score, at: x, tangent: unit.broadcast(to: [2, 3])))
      for (place, value) in direct.enumerated() {
        #expect(abs(jacobian[place * 3 + column] - value) < 1e-14)
      }
    }
  }

  @Test(arguments: [QuasiConservative.Estimator.skew, .paper])
  func meanOverAllProbesIsTheExactPenalty(_ estimator: QuasiConservative.Estimator) throws {
    let estimate = QuasiConservative(estimator: estimator, strength: 1, probes: 8)
      .penalties(score: score, at: x, probes: allSigns())
    let exact = QuasiConservative(estimator: .exact, strength: 1)
      .penalties(score: score, at: x, probes: [])
    let expected = try evaluator.evaluate(exact)
    #expect(expected.allSatisfy { $0 > 0.1 })
    #expect(
      comparison(
        "mean", found: try evaluator.evaluate(estimate), expected: expected, tolerance: 1e-14)
        == [])
  }

  @Test func meanOverAllProbesIsTheTrace() throws {
    let products = allSigns().map { JacobianProducts(of: score, at: x, probe: $0) }
    let jacobian = jacobian(of: score, at: x)
    let transposed = jacobian.transposed([0, 2, 1])
    let values = try evaluator.evaluate([
      products.map(\.traceJJt).reduce(graph.constant(0, [2]), +) / 8,
      (jacobian * jacobian).sum([1, 2], droppingAxes: true),
      products.map(\.traceJJ).reduce(graph.constant(0, [2]), +) / 8,
      (jacobian * transposed).sum([1, 2], droppingAxes: true),
    ])
    #expect(comparison("JJt", found: values[0], expected: values[1], tolerance: 1e-14) == [])
    #expect(comparison("JJ", found: values[2], expected: values[3], tolerance: 1e-14) == [])
  }

  @Test func divergenceIsTheTraceOfTheJacobian() throws {
    let jacobian = try evaluator.evaluate(jacobian(of: score, at: x))
    let expected = [0, 9].map { first -> Double in
      [0, 4, 8].map { jacobian[first + $0] }.reduce(0, +)
    }
    let found = try evaluator.evaluate(divergence(of: score, at: x))
    #expect(comparison("divergence", found: found, expected: expected, tolerance: 1e-14) == [])
  }

  @Test(arguments: QuasiConservative.Estimator.allCases)
  func gradientFieldHasNoPenalty(_ estimator: QuasiConservative.Estimator) throws {
    let bumps = sin(x) * exp(x.sum([1]) * 0.2)
    let energy = bumps.sum() + tanh(score).sum()
    let field = gradients(of: energy, at: [x])[0]
    let penalty = QuasiConservative(estimator: estimator, strength: 1)
    let probes = [graph.literal([1, -1, 1, -1, -1, 1], [2, 3])].prefix(penalty.probeCount)
    let found = try evaluator.evaluate(
      penalty.penalties(score: field, at: x, probes: Array(probes)))
    #expect(comparison("penalty", found: found, expected: [0, 0], tolerance: 1e-13) == [])
  }

  @Test func probesShareTheScore() {
    let penalty = QuasiConservative(strength: 1, probes: 2)
    let one = QuasiConservative(strength: 1, probes: 1)
    let probes = [graph.input("v0", [2, 3]), graph.input("v1", [2, 3])]
    func count(_ value: Value) -> Int { Program([("value", value)]).nodes.count }
    let single = count(one.penalties(score: score, at: x, probes: [probes[0]]))
    let double = count(penalty.penalties(score: score, at: x, probes: probes))
    #expect(double < 2 * single - 5)
  }
}
