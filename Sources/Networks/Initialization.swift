import Randomness

/// The distribution of a parameter's values before training.
public enum Initialization: Sendable, Hashable {
  /// The same value everywhere.
  case constant(Float)

  /// Uniform with mean zero and variance `scale / ((fanIn + fanOut) / 2)`.
  ///
  /// The networks of Ho et al., "Denoising diffusion probabilistic models" (2020), start from it;
  /// a scale of 0 stands for 1e-10, as in their code, so that a layer starts almost silent.
  case uniformVarianceScaling(scale: Float, fanIn: Int, fanOut: Int)

  /// Uniform in `[-bound, bound)`.
  case uniform(bound: Float)

  /// Normal with mean zero.
  case normal(standardDeviation: Float)

  /// All zero.
  public static let zeros = Initialization.constant(0)

  /// All one.
  public static let ones = Initialization.constant(1)

  /// PyTorch's default for weights and biases: uniform within `1 / sqrt(fanIn)`.
  public static func uniform(fanIn: Int) -> Initialization {
    .uniform(bound: 1 / Float(fanIn).squareRoot())
  }

  /// Draws the values of one tensor.
  ///
  /// - Parameters:
  ///   - count: The number of values.
  ///   - seed: The seed of the run.
  ///   - parameterIndex: The place of the tensor in the network's list of parameters.
  /// - Returns: The values, a pure function of the arguments.
  public func values(count: Int, seed: UInt64, parameterIndex: Int) -> [Float] {
    let stream = RandomStream(seed: seed, purpose: .parameters, example: UInt64(parameterIndex))
    switch self {
    case .constant(let value):
      return [Float](repeating: value, count: count)
    case .uniformVarianceScaling(let scale, let fanIn, let fanOut):
      let variance = Double(scale == 0 ? 1e-10 : scale) / (Double(fanIn + fanOut) / 2)
      return uniform(stream, count, bound: Float((3 * variance).squareRoot()))
    case .uniform(let bound):
      return uniform(stream, count, bound: bound)
    case .normal(let standardDeviation):
      return stream.normal(count: count).map { standardDeviation * $0 }
    }
  }

  private func uniform(_ stream: RandomStream, _ count: Int, bound: Float) -> [Float] {
    stream.uniform(count: count).map { bound * (2 * $0 - 1) }
  }
}
