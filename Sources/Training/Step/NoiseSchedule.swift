public import RunConfiguration
public import Scores

/// How much noise a training example gets, and what the program must know about it.
public struct NoiseSchedule: Sendable {
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

  /// An input of the program at a time, evaluated in double precision.
  public func value(of input: LevelInput, at time: Double) -> Float {
    Float(input.value(at: time, of: process, told: condition))
  }
}
