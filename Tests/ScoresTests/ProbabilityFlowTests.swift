import Foundation
import Scores
import TestSupport
import Testing

@Suite struct ProbabilityFlowTests {
  private struct Reference {
    let data: ReferenceCase
    let score: GaussianScore
    let flow: ProbabilityFlow
    let likelihoodFlow: ProbabilityFlow

    init(_ prefix: String) throws {
      data = try ReferenceCase("ode_gaussian")
      let sde = try referenceProcess(prefix)
      score = GaussianScore(sde: sde, mean: try data.doubles("in/mean"), std: 0.5)
      let solver = try RungeKutta45(relativeTolerance: 1e-5, absoluteTolerance: 1e-5)
      flow = try ProbabilityFlow(sde: sde, solver: solver, epsilon: sde.samplingEpsilon)
      likelihoodFlow = try ProbabilityFlow(
        sde: sde, solver: solver, epsilon: sde.trainingEpsilon)
    }
  }

  @Test(arguments: ["ve", "vp", "sub_vp"])
  func endPointsMatchReferenceAndClosedForm(prefix: String) throws {
    let reference = try Reference(prefix)
    let start = try reference.data.doubles("\(prefix)/start")
    let end = try reference.flow.transport(start, from: 1, to: reference.flow.epsilon) {
      reference.score($0, $1, &$2)
    }
    for name in ["end", "exact_end"] {
      let error = try reference.data.relativeError(of: end.states, against: "\(prefix)/\(name)")
      #expect(error <= 1, "\(name)")
    }
    let calls = [Double(end.calls)]
    #expect(try reference.data.relativeError(of: calls, against: "nfe/\(prefix)_sample") <= 1)
  }

  @Test(arguments: ["ve", "vp", "sub_vp"])
  func likelihoodsMatchReferenceAndClosedForm(prefix: String) throws {
    let reference = try Reference(prefix)
    let points = try reference.data.floats("\(prefix)/data")
    let probes = try reference.data.floats("\(prefix)/probe")
    let hutchinson = hutchinsonDivergence(
      probes: probes, dimensions: 2, product: reference.score.product)
    let range: DataRange = prefix == "ve" ? .unit : .centred
    #expect([range.bitsOffset] == (try reference.data.doubles("\(prefix)/offset")))

    for divergence in [hutchinson, reference.score.divergence] {
      let result = try reference.likelihoodFlow.likelihood(
        of: points, dimensions: 2, divergence: divergence)
      let bits = result.bitsPerDimension(offset: range.bitsOffset)
      let expectations = [
        ("latent", result.latents), ("exact_latent", result.latents), ("bits_per_dim", bits),
        ("exact_bits_per_dim", bits),
      ]
      for (name, values) in expectations {
        let error = try reference.data.relativeError(of: values, against: "\(prefix)/\(name)")
        #expect(error <= 1, "\(name)")
      }
      let calls = [Double(result.calls)]
      #expect(
        try reference.data.relativeError(of: calls, against: "nfe/\(prefix)_likelihood") <= 1)
    }
  }

  @Test func transportThereAndBackIsTheIdentity() throws {
    let reference = try Reference("vp")
    let start = try reference.data.doubles("vp/start")
    let forth = try reference.flow.transport(start, from: 1, to: 1e-3) {
      reference.score($0, $1, &$2)
    }
    let back = try reference.flow.transport(forth.states, from: 1e-3, to: 1) {
      reference.score($0, $1, &$2)
    }
    for (found, expected) in zip(back.states, start) { #expect(abs(found - expected) < 1e-3) }
  }

  @Test func denoisingAddsOneCallAndThePosteriorMean() throws {
    let sde = try VE()
    let score = GaussianScore(sde: sde, mean: [0.5, -1], std: 0.25)
    let flow = try ProbabilityFlow(sde: sde, solver: RungeKutta45(), epsilon: 1e-5)
    let raw = try flow.sample(0..<5, dimensions: 2, seed: 1, denoisingSteps: nil) {
      score($0, $1, &$2)
    }
    let denoised = try flow.sample(0..<5, dimensions: 2, seed: 1) { score($0, $1, &$2) }
    #expect(denoised.calls == raw.calls + 1)
    let variance = score.variance(at: 1e-5)
    for index in 0..<10 {
      // The lowest level is 0.01: x + 0.01^2 s(x).
      let pull = 1e-4 * (score.mean[index % 2] - raw.states[index]) / variance
      #expect(abs(denoised.states[index] - raw.states[index] - pull) < 1e-8)
    }
  }

  @Test func samplesOfAGroupAreKeyedByTheirGlobalIndex() throws {
    let sde = try VP()
    let score = GaussianScore(sde: sde, mean: [0.5, -1], std: 0.25)
    let flow = try ProbabilityFlow(sde: sde, solver: RungeKutta45(), epsilon: 1e-3)
    let whole = try flow.sample(0..<4, dimensions: 2, seed: 1) { score($0, $1, &$2) }
    let part = try flow.sample(2..<4, dimensions: 2, seed: 1) { score($0, $1, &$2) }
    // Alone the two choose other steps, so they agree to the solver's tolerance only.
    for (found, expected) in zip(part.states, whole.states[4...]) {
      #expect(abs(found - expected) < 1e-3)
    }
  }

  @Test func hutchinsonWithCoordinateProbesIsTheTrace() throws {
    // J = [[1, 2], [3, 4]]: probes e1, e2 give 1 and 4, and (1, 1) gives the sum of all entries.
    let divergence = hutchinsonDivergence(
      probes: [1, 0, 0, 1, 1, 1], dimensions: 2,
      product: { _, _, tangents, _, products in
        for row in 0..<tangents.count / 2 {
          let (first, second) = (tangents[2 * row], tangents[2 * row + 1])
          products[2 * row] = first + 2 * second
          products[2 * row + 1] = 3 * first + 4 * second
        }
      })
    var scores = [Float](repeating: 0, count: 6)
    var divergences = [Double](repeating: 0, count: 3)
    try divergence(scores, 0.5, &scores, &divergences)
    #expect(divergences == [1, 4, 10])
  }
}
