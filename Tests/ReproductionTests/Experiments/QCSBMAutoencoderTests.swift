import Charts
import MPI
import Networks
import Testing

@testable import Reproduction

@Suite struct QCSBMAutoencoderTests {
  @Test func penaltyFallsWhileTheWeightsStayApart() throws {
    let world = try MPIEnvironment.start().world
    let curves = try AutoencoderCurves(activation: .sigmoid, steps: 400, interval: 100)
      .curves(seeds: 2, over: world)
    #expect(curves.count == 2 && curves[0].steps == [0, 100, 200, 300, 400])
    #expect(curves[0].penalty != curves[1].penalty)
    for curve in curves {
      #expect(curve.penalty.last ?? 1 < curve.penalty[0])
      #expect(curve.distance.last ?? 0 > 0.5 * curve.distance[0])
    }
    // The first network is the same in a run of one seed.
    let alone = try AutoencoderCurves(activation: .sigmoid, steps: 100, interval: 100)
      .curves(seeds: 1, over: world)
    #expect(alone[0].penalty == Array(curves[0].penalty.prefix(2)))
  }

  @Test func summaryTakesMediansAndQuartiles() throws {
    let curves = (1...5).map { seed in
      AutoencoderCurve(
        steps: [0, 2500, 10_002], penalty: [Double(seed), 0.01 * Double(seed), 1e-8],
        asymmetry: [1, 0.5, 0.001], distance: [1, 1, 1])
    }
    let summary = AutoencoderSummary(activation: "sigmoid", curves: curves)
    let fall = try #require(summary.table.findings.first { $0.quantity.hasPrefix("fall") })
    #expect(abs(fall.mean - 100) < 1e-9 && fall.agrees == true)
    let single = try #require(summary.table.findings.first { $0.quantity.contains("seed by seed") })
    #expect(abs(single.mean - 100) < 1e-9)
    guard case .band(_, let lower, let upper, _) = summary.layers(of: \.penalty)[0] else {
      Issue.record("the first layer is no band")
      return
    }
    #expect(lower[0] == 2 && upper[0] == 4)
  }
}
