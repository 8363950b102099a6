import Checkpoints
import Datasets
import Execution
import MPI
import Networks
import RunConfiguration
import Scores
import Telemetry

/// How the program ends, as scripts see it.
public enum ExitStatus: Int32, Error, Codable {
  /// Everything asked for is done.
  case done = 0
  /// Bad usage or configuration.
  case usage = 2
  /// Data or a checkpoint is damaged or missing, or a file cannot be written.
  case data = 3
  /// The numbers went wrong.
  case numerics = 4
  /// Ranks could not communicate.
  case communication = 5
  /// Stopped by a signal after saving; the same command continues.
  case stopped = 75

  /// The status for an error of any floor; bad usage for those that no floor knows.
  public init(_ error: any Error) {
    switch error {
    case let status as ExitStatus: self = status
    case let failure as any FailureWithStatus: self = failure.exitStatus
    case let error as CheckpointError: self.init(checkpoint: error.cause)
    case ScoresError.numericalFailure, is LinearAlgebraError: self = .numerics
    case is ConfigurationError, is NetworkError, is ScoresError: self = .usage
    case is DatasetError, is TelemetryError: self = .data
    case is MPIError: self = .communication
    default: self = .usage
    }
  }

  private init(checkpoint error: CheckpointError) {
    switch error {
    case .mismatched, .notShared: self = .usage
    case .inaccessible, .missing, .damaged, .failedOnRanks: self = .data
    // The session that has taken over is the one to go on.
    case .superseded: self = .communication
    }
  }
}

/// An error that says itself how the program ends.
public protocol FailureWithStatus: Error {
  /// How the program ends.
  var exitStatus: ExitStatus { get }
}

extension TrainingError: FailureWithStatus {
  /// Divergence is a numerical failure, everything else bad usage.
  public var exitStatus: ExitStatus {
    switch self {
    case .otherConfiguration, .notARunFolder, .unsuitableData, .tooFewExamples,
      .tooLittleMemory, .unsuitableScoreRun:
      .usage
    case .diverged: .numerics
    }
  }
}
