import Foundation

/// What a network is told about the noise level.
public enum NoiseCondition: Sendable, Hashable {
  /// The standard deviation of the noise, for toy networks.
  case sigma
  /// Its natural logarithm, for Fourier features of VE networks.
  case logSigma
  /// `factor * t`; 999 for continuous VP networks with positional embeddings, N - 1 for discrete.
  case time(factor: Double)
  /// `round((1 - t) (N - 1))`: the index into descending noise levels of a discrete VE network.
  case descendingLevel(count: Int)

  /// The value a network gets at a time of the process.
  public func value(at time: Double, of sde: any SDE) -> Double {
    switch self {
    case .sigma: sde.std(at: time)
    case .logSigma: log(sde.std(at: time))
    case .time(let factor): factor * time
    case .descendingLevel(let count):
      ((1 - time) * Double(count - 1)).rounded(.toNearestOrEven)
    }
  }
}

/// What a network's output stands for.
public enum NetworkOutput: String, Sendable, Hashable, CaseIterable, Codable {
  /// The score itself; the network divides by sigma where that is wanted.
  case score
  /// The noise z of `x_t = m x_0 + s z`, so that the score is `-output / s`.
  case noise

  /// The factor that turns the output into the score.
  public func scoreFactor(at time: Double, of sde: any SDE) -> Double {
    switch self {
    case .score: 1
    case .noise: -1 / sde.std(at: time)
    }
  }
}

/// How a network stands for a score: what it is conditioned on and what it returns.
public struct ScoreParametrization: Sendable {
  /// The process.
  public let sde: any SDE
  /// What the network is told about the noise level.
  public let condition: NoiseCondition
  /// What the network returns.
  public let output: NetworkOutput

  /// Combines a process with the conventions of a network.
  ///
  /// - Parameters:
  ///   - sde: the process.
  ///   - condition: what the network is told about the noise level.
  ///   - output: what the network returns.
  public init(sde: any SDE, condition: NoiseCondition, output: NetworkOutput) {
    self.sde = sde
    self.condition = condition
    self.output = output
  }

  /// The convention of continuous VE image networks: log sigma in, score out.
  public static func varianceExploding(_ sde: VE) -> ScoreParametrization {
    ScoreParametrization(sde: sde, condition: .logSigma, output: .score)
  }

  /// The convention of continuous VP and sub-VP networks: 999 t in, noise out.
  public static func variancePreserving(_ sde: any SDE) -> ScoreParametrization {
    ScoreParametrization(sde: sde, condition: .time(factor: 999), output: .noise)
  }

  /// The value the network gets at a time.
  public func condition(at time: Double) -> Double {
    condition.value(at: time, of: sde)
  }

  /// The factor that turns the network's output at a time into the score.
  public func scoreFactor(at time: Double) -> Double {
    output.scoreFactor(at: time, of: sde)
  }
}
