import Evaluation
import Foundation
import Networks
import Scores

/// The probability flow of the toy network: samples, and likelihoods by both divergences.
struct ToyFlowCase {
  private let reference: ReferenceCase
  private let model: DiffusionModel
  private let weights: ModelWeights
  private let flow: ProbabilityFlow

  init(_ reference: ReferenceCase) throws {
    self.reference = reference
    model = try reference.toyModel()
    weights = try reference.weights(of: model.scoreModel.network)
    let solver = try RungeKutta45(
      relativeTolerance: reference.configuration.number("rtol"),
      absoluteTolerance: reference.configuration.number("atol"))
    flow = try ProbabilityFlow(
      sde: model.sde, solver: solver, epsilon: model.sde.trainingEpsilon)
  }

  func results() throws -> CaseResults {
    let start = try reference.doubles("in/start")
    let score = try compiled(.none, count: start.count)
    let end = try flow.transport(start, from: 1, to: flow.epsilon, score: score.score)
    let data = try reference.floats("in/data")
    let hutchinson = try likelihood(
      of: data,
      divergence: hutchinsonDivergence(
        probes: reference.floats("in/probe"), dimensions: model.dimensions,
        product: compiled(.product, count: data.count).product))
    let exact = try likelihood(
      of: data, divergence: compiled(.divergence, count: data.count).divergence)
    let leavesOutDivergence = try referenceLeavesOutDivergence()
    let (ours, alone) = (bits(hutchinson.logDensities), bits(logPriors(hutchinson.latents)))
    var results = CaseResults([
      "out/end": end.states, "nfe/sample": [Double(end.calls)],
      "out/bits_hutchinson": leavesOutDivergence ? alone : ours,
      "out/latent_hutchinson": hutchinson.latents,
      "nfe/hutchinson": [Double(hutchinson.calls)],
      "out/nll_exact": exact.logDensities.map { -$0 }, "out/latent_exact": exact.latents,
      "nfe/exact": [Double(exact.calls)],
    ])
    if leavesOutDivergence { results.notes.append(try noteOnBits(ours)) }
    return results
  }

  /// Whether the expected bits are those of the latent points alone.
  ///
  /// The estimate that the reference was made with can come out as exactly zero, where automatic
  /// differentiation does not reach through its score. No true divergence does so: the scores of
  /// noisy data contract towards the data.
  private func referenceLeavesOutDivergence() throws -> Bool {
    let expected = try reference.doubles("out/bits_hutchinson")
    let alone = bits(logPriors(try reference.doubles("out/latent_hutchinson")))
    return expected.count == alone.count
      && zip(expected, alone).allSatisfy { abs($0 - $1) <= 1e-6 * abs($0) }
  }

  /// What is left out of the comparison, and how much it would change.
  private func noteOnBits(_ ours: [Double]) throws -> String {
    let expected = try reference.doubles("out/bits_hutchinson")
    let difference = zip(ours, expected).reduce(0) { max($0, abs($1.0 - $1.1) / abs($1.1)) }
    return """
      out/bits_hutchinson is -log prior(latent) in bits in the reference, without the integral of \
      the divergence; it is compared with that; ours, with the integral, differs by up to \
      \(String(format: "%.3f", difference)) of it
      """
  }

  private func logPriors(_ latents: [Double]) -> [Double] {
    stride(from: 0, to: latents.count - model.dimensions + 1, by: model.dimensions).map {
      model.sde.priorLogDensity(of: latents[$0..<$0 + model.dimensions])
    }
  }

  private func bits(_ logDensities: [Double]) -> [Double] {
    logDensities.map {
      -$0 / (Double(model.dimensions) * M_LN2) + DataRange.unit.bitsOffset
    }
  }

  private func compiled(
    _ companion: ScoreProgram.Companion, count: Int
  ) throws -> CompiledScore {
    try CompiledScore(
      model, weights: weights, batch: max(count / model.dimensions, 1), with: companion)
  }

  private func likelihood(
    of data: [Float], divergence: BatchDivergence
  ) throws -> Likelihood {
    try flow.likelihood(of: data, dimensions: model.dimensions, divergence: divergence)
  }
}
