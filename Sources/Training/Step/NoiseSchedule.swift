public import RunConfiguration
public import Scores

/// How much noise a training example gets, and what the program must know about it.
public struct NoiseSchedule: Sendable {
  /// The numbers of one noise level.
  public struct Level: Sendable, Equatable {
    /// The factor m of the clean data.
    public let meanFactor: Float
    /// The standard deviation s of the noise.
    public let standardDeviation: Float
    /// What the network is told.
    public let condition: Float
    /// The factor of the loss where it is weighted by likelihood.
    public let weight: Float
  }

  /// The process.
  public let process: any SDE
  /// What the network is told about the noise level.
  public let condition: NoiseCondition
  /// The smallest time that is drawn.
  public let epsilon: Double

  /// The schedule of a run: times uniform on `[sde.time_epsilon, 1)`.
  ///
  /// - Parameter settings: The settings of the run.
  /// - Throws: `ScoresError` if the numbers of the process do not fit together.
  public init(_ settings: RunSettings) throws(ScoresError) {
    process = try settings.process()
    condition = settings.noiseCondition
    epsilon = settings.sde.timeEpsilon
  }

  /// The time for a number uniform on `[0, 1)`.
  public func time(at uniform: Double) -> Double { epsilon + (1 - epsilon) * uniform }

  /// The numbers at a time, evaluated in double precision.
  public func level(at time: Double) -> Level {
    Level(
      meanFactor: Float(process.meanFactor(at: time)),
      standardDeviation: Float(process.std(at: time)),
      condition: Float(condition.value(at: time, of: process)),
      weight: Float(process.likelihoodWeight(at: time)))
  }
}
