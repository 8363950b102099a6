import Foundation
import Scores
import Testing

@Suite struct TimeDerivativeTests {
  private static let processes: [any SDE] = {
    guard let ve = try? VE(sigmaMin: 0.05, sigmaMax: 5), let vp = try? VP(),
      let subVP = try? SubVP()
    else { return [] }
    return [ve, vp, subVP]
  }()

  @Test(arguments: 0..<3) func rateOfTheStandardDeviationMatchesDifferences(process: Int) {
    let sde = Self.processes[process]
    for time in [0.01, 0.1, 0.5, 0.9] {
      let step = 1e-4 * time
      let slope = (sde.std(at: time + step) - sde.std(at: time - step)) / (2 * step)
      #expect(abs(sde.stdRate(at: time) - slope) < 1e-6 * abs(slope), "\(sde.name) at \(time)")
    }
  }

  @Test func conditionsHaveTheirRates() throws {
    let sde = Self.processes[0]
    #expect(NoiseCondition.time(factor: 999).rate(at: 0.3, of: sde) == 999)
    #expect(NoiseCondition.sigma.rate(at: 0.3, of: sde) == sde.stdRate(at: 0.3))
    #expect(NoiseCondition.descendingLevel(count: 10).rate(at: 0.3, of: sde) == 0)
  }

  @Test func stencilIsExactForParabolas() {
    for time in [1e-5, 5e-4, 1e-3, 0.3, 1] {
      let stencil = TimeStencil(at: time)
      func derivative(_ function: (Double) -> Double) -> Double {
        stencil.earlierFactor * function(stencil.earlier) + stencil.presentFactor * function(time)
          + stencil.laterFactor * function(stencil.later)
      }
      #expect(stencil.earlier > 0, "\(time)")
      #expect(abs(derivative { _ in 1 }) * time < 1e-9)
      #expect(abs(derivative { $0 } - 1) < 1e-9)
      #expect(abs(derivative { $0 * $0 } - 2 * time) < 1e-8 * time + 1e-12)
    }
  }

  @Test func stencilIsThatOfTheReferenceAwayFromZero() {
    let stencil = TimeStencil(at: 0.5)
    let (h, k) = (1e-3, 5e-4)
    #expect(abs(stencil.earlier - 0.499) < 1e-15 && abs(stencil.later - 0.5005) < 1e-15)
    #expect(abs(stencil.earlierFactor + k * k / (h * k * (h + k))) < 1e-9)
    #expect(abs(stencil.laterFactor - h * h / (h * k * (h + k))) < 1e-9)
  }

  @Test func stencilIsFiniteAtZero() {
    let stencil = TimeStencil(at: 0)
    #expect(stencil.earlierFactor.isFinite && stencil.laterFactor.isFinite)
  }
}
