/// A loss whose minimum is the score of the noisy data.
///
/// The three have the same gradient in the mean over noise and probes: with half sums, the mean of
/// the denoising loss exceeds that of the others by half the number of dimensions. Denoising knows
/// the noise in the data; the others need derivatives of the score instead, and are noisier at small
/// noise levels.
public enum ScoreMatching: Sendable, Hashable {
  /// From the noise in the data.
  case denoising(DenoisingScoreMatching)
  /// From the divergence of the score, estimated with probes.
  case sliced(SlicedScoreMatching)
  /// From the exact divergence of the score, for a handful of dimensions.
  case implicit(ImplicitScoreMatching)

  /// The name of the term: `dsm`, `ssm` or `ism`.
  public var termName: String {
    switch self {
    case .denoising: LossTerm.denoising
    case .sliced: LossTerm.sliced
    case .implicit: LossTerm.implicit
    }
  }

  /// Whether each example's loss has a factor of its own besides the variance of the noise.
  public var isWeighted: Bool {
    switch self {
    case .denoising(let loss): loss.isWeighted
    case .sliced(let loss): loss.isWeighted
    case .implicit(let loss): loss.isWeighted
    }
  }

  /// The number of probe tensors that a program with this loss reads.
  public var probeCount: Int {
    if case .sliced(let loss) = self { return loss.projections }
    return 0
  }
}
