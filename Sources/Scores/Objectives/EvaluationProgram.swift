public import Autodiff
public import Networks

/// The program that measures a score model on noisy data, without dropout.
///
/// Inputs are those of `ProgramInput` with one probe, and the model's parameters. Results, each
/// `[B]`, without weights of the noise level:
/// - `dsm`: the denoising loss;
/// - `trace_JJt`: `|u|^2`, with `u = J^T v` and mean `tr(J J^T)` over probes;
/// - `trace_JJ`: `u . w`, with `w = J v` and mean `tr(J J)`;
/// - `skew`: `1/2 |u - w|^2`, with mean `1/2 |J - J^T|_F^2`.
///
/// The last three can be left out. Exact traces of the whole Jacobian take the place of the estimates if asked for; then no probe
/// is read. Asym is `skew`, or `trace_JJt - trace_JJ`, and NAsym half of it over `trace_JJt` (Chao
/// et al. 2023, section 3).
public struct EvaluationProgram: Sendable {
  /// The number of examples of a run.
  public let batch: Int
  /// What runs.
  public let program: Program

  /// Builds the program.
  ///
  /// - Parameters:
  ///   - model: The model that is measured.
  ///   - denoising: The denoising loss; its weight is not applied.
  ///   - batch: The number B of examples of a run.
  ///   - measuresRotation: Whether the traces are computed, several times the work of the loss.
  ///   - isExact: Whether the whole Jacobian is computed, for a handful of dimensions.
  public init(
    _ model: ScoreModel, denoising: DenoisingScoreMatching = DenoisingScoreMatching(), batch: Int,
    measuresRotation: Bool = true, isExact: Bool = false
  ) {
    let noisy = NoisyBatch(model, batch: batch, usesDropout: false)
    let losses = denoising.losses(
      score: noisy.score, noise: noisy.noise, standardDeviation: noisy.standardDeviation)
    self.batch = batch
    guard measuresRotation else {
      program = Program([("dsm", losses)])
      return
    }
    let traces = isExact ? Self.exactTraces(of: noisy) : Self.estimates(of: noisy)
    program = Program([("dsm", losses)] + traces)
  }

  private static func estimates(of noisy: NoisyBatch) -> [(name: String, value: Value)] {
    let products = JacobianProducts(
      of: noisy.score, at: noisy.data, probe: noisy.probes(0..<1)[0])
    return [
      ("trace_JJt", products.traceJJt), ("trace_JJ", products.traceJJ), ("skew", products.skew),
    ]
  }

  private static func exactTraces(of noisy: NoisyBatch) -> [(name: String, value: Value)] {
    let jacobian = jacobian(of: noisy.score, at: noisy.data)
    let transposed = jacobian.transposed([0, 2, 1])
    return [
      ("trace_JJt", square(jacobian).summedPerExample()),
      ("trace_JJ", (jacobian * transposed).summedPerExample()),
      ("skew", 0.5 * square(jacobian - transposed).summedPerExample()),
    ]
  }
}
