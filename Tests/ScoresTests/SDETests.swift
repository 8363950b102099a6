import Foundation
import Scores
import TestSupport
import Testing

@Suite struct SDETests {
  @Test(arguments: ["ve", "vp", "sub_vp"])
  func marginalsAndCoefficientsMatchTheReference(prefix: String) throws {
    let reference = try ReferenceCase("sde_tables")
    let sde = try referenceProcess(prefix)
    let times = try reference.doubles("in/t")
    let levels = zip(times, try reference.doubles("in/index")).map {
      NoiseLevel(time: $0, index: Int($1), count: 1000)
    }
    let results = [
      "mean_factor": times.map(sde.meanFactor),
      "std": times.map(sde.std),
      "drift_factor": times.map(sde.driftFactor),
      "g": times.map(sde.diffusion),
      "f_factor": levels.map { sde.discretization(at: $0).driftFactor },
      "G": levels.map { sde.discretization(at: $0).diffusion },
    ]
    for (name, values) in results {
      let error = try reference.relativeError(of: values, against: "\(prefix)/\(name)")
      #expect(error <= 1, "\(prefix)/\(name)")
    }
  }

  @Test(arguments: ["ve", "vp", "sub_vp"])
  func priorLogDensityMatchesTheReference(prefix: String) throws {
    let reference = try ReferenceCase("sde_tables")
    let sde = try referenceProcess(prefix)
    let latents = try reference.doubles("in/z")
    let dimensions = latents.count / 4
    let values = (0..<4).map {
      sde.priorLogDensity(of: latents[$0 * dimensions..<($0 + 1) * dimensions])
    }
    #expect(try reference.relativeError(of: values, against: "\(prefix)/prior_logp") <= 1)
  }

  @Test func discreteTablesMatchTheReference() throws {
    let reference = try ReferenceCase("sde_tables")
    let (exploding, preserving) = (try VE(), try VP())
    let levels = (0..<1000).map { NoiseLevel(time: 0.5, index: $0, count: 1000) }
    let rates = levels.map(preserving.schedule.rate(of:))
    let factors = levels.map(preserving.langevinFactor)
    var product = 1.0
    let products = factors.map { factor in
      product *= factor
      return product
    }
    let results = [
      "ve/discrete_sigmas": levels.map(exploding.sigma(of:)), "vp/discrete_betas": rates,
      "vp/alphas": factors, "vp/alphas_cumprod": products,
    ]
    for (name, values) in results {
      #expect(try reference.relativeError(of: values, against: name) <= 1, "\(name)")
    }
  }

  @Test(arguments: ["ve", "vp", "sub_vp"])
  func marginalsSolveTheMomentEquations(prefix: String) throws {
    let sde = try referenceProcess(prefix)
    let width = 1e-5
    for time in [0.05, 0.3, 0.7, 0.95] {
      let variance = { (time: Double) in sde.std(at: time) * sde.std(at: time) }
      let slope = (variance(time + width) - variance(time - width)) / (2 * width)
      let diffusion = sde.diffusion(at: time)
      let expected =
        2 * sde.driftFactor(at: time) * variance(time) + diffusion * diffusion
      #expect(abs(slope - expected) <= 1e-6 * diffusion * diffusion)
      let meanSlope =
        (sde.meanFactor(at: time + width) - sde.meanFactor(at: time - width)) / (2 * width)
      #expect(abs(meanSlope - sde.driftFactor(at: time) * sde.meanFactor(at: time)) <= 1e-6)
    }
  }

  @Test func smallTimesKeepTheirDigits() throws {
    // For B much below 1: std of VP is sqrt(B) (1 - B / 4), of sub-VP B (1 - B / 2).
    let integral = 1e-12 * (0.1 + 0.5e-12 * 19.9)
    #expect(abs(try VP().std(at: 1e-12) / integral.squareRoot() - 1) < 1e-12)
    #expect(abs(try SubVP().std(at: 1e-12) / integral - 1) < 1e-12)
  }

  @Test func likelihoodWeightIsTheIntegralOfDiffusionOverStd() throws {
    let sde = try VP()
    let (start, end, intervals) = (0.01, 1.0, 4000)
    let width = (end - start) / Double(intervals)
    let simpson = (0...intervals).reduce(0.0) { total, index in
      let time = start + width * Double(index)
      let ratio = sde.diffusion(at: time) / sde.std(at: time)
      let weight = index == 0 || index == intervals ? 1.0 : index % 2 == 1 ? 4 : 2
      return total + weight * width / 3 * ratio * ratio
    }
    #expect(abs(sde.likelihoodWeight(from: start, to: end) / simpson - 1) < 1e-6)
  }

  @Test func likelihoodWeightMatchesTheReferenceWhereTheReferenceIsExact() throws {
    let reference = try ReferenceCase("sde_tables")
    let sde = try VP()
    let times = try reference.doubles("in/t").dropFirst()
    let expected = try reference.doubles("vp/importance_cum_weight")
    for (time, expected) in zip(times, expected) {
      // The reference replaces 1 - exp(-B) by B up to B = 1e-3.
      let allowed = sde.schedule.integral(to: time) <= 1e-3 ? 1e-4 : 1e-6
      #expect(abs(sde.likelihoodWeight(from: 1e-5, to: time) / expected - 1) < allowed)
    }
  }

  @Test func gridVisitsEveryLevelOnceAtTheReferenceTimes() throws {
    let reference = try ReferenceCase("sde_tables")
    let grid = try TimeGrid(steps: 1000, epsilon: 1e-5)
    #expect(grid.map(\.index) == (try reference.doubles("in/linspace_index")).map { Int($0) })
    for (level, time) in zip(grid, try reference.doubles("in/linspace_t")) {
      #expect(abs(level.time - time) < 1e-7)
    }
    #expect(grid.last?.time == 1e-5)
  }

  @Test func settingsOutOfRangeAreRefusedByName() throws {
    #expect {
      try VE(sigmaMin: 1, sigmaMax: 0.5)
    } throws: {
      "\($0)" == "sigmaMax is 0.5, expected a number above sigmaMin, 1.0"
    }
    #expect(throws: ScoresError.self) { try VE(sigmaMin: 0) }
    #expect(throws: ScoresError.self) { try VP(betaMin: -1) }
    #expect(throws: ScoresError.self) { try SubVP(betaMin: 2, betaMax: 1) }
    #expect(throws: ScoresError.self) { try TimeGrid(steps: 1, epsilon: 1e-3) }
    #expect(throws: ScoresError.self) { try TimeGrid(steps: 10, epsilon: 0) }
    #expect(throws: ScoresError.self) { try VP().validate(steps: 20) }
  }
}
