/// What a network is told about the noise level.
public enum NoiseCondition: Sendable, Hashable {
  /// The standard deviation of the noise; a network with Fourier features takes its logarithm.
  case sigma
  /// `factor * t`; 999 for continuous VP networks with positional embeddings, N - 1 for discrete.
  case time(factor: Double)
  /// `round((1 - t) (N - 1))`: the index into descending noise levels of a discrete VE network.
  case descendingLevel(count: Int)

  /// The value a network gets at a time of the process.
  public func value(at time: Double, of sde: any SDE) -> Double {
    switch self {
    case .sigma: sde.std(at: time)
    case .time(let factor): factor * time
    case .descendingLevel(let count):
      ((1 - time) * Double(count - 1)).rounded(.toNearestOrEven)
    }
  }

  /// The time derivative of the value; 0 for levels, between which it jumps.
  public func rate(at time: Double, of sde: any SDE) -> Double {
    switch self {
    case .sigma: sde.stdRate(at: time)
    case .time(let factor): factor
    case .descendingLevel: 0
    }
  }
}
