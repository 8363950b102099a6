import ArgumentParser
import Checkpoints
import Datasets
import Evaluation
import MPI
import Networks
import RunConfiguration
import Scores
import Telemetry
import Training
import Verification

/// How the program ends, as scripts see it.
enum ExitStatus: Int32, Error, Codable {
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

  /// The status for an error of any floor.
  init(_ error: any Error) {
    switch error {
    case let status as ExitStatus: self = status
    case let failure as SharedFailure: self = failure.status
    case let error as CheckpointError: self.init(checkpoint: error.cause)
    case let error as TrainingError: self.init(training: error)
    case let error as VerificationError: self.init(verification: error)
    case ScoresError.numericalFailure: self = .numerics
    case is ConfigurationError, is NetworkError, is ScoresError, is ValidationError: self = .usage
    case is DatasetError, is TelemetryError: self = .data
    case is MPIError: self = .communication
    default: self = Helmholtz.exitCode(for: error).isSuccess ? .done : .usage
    }
  }

  private init(checkpoint error: CheckpointError) {
    switch error {
    case .mismatched, .notShared: self = .usage
    case .inaccessible, .missing, .damaged, .failedOnRanks: self = .data
    }
  }

  private init(verification error: VerificationError) {
    switch error {
    case .unknownCase: self = .usage
    case .unreadable, .damaged, .unsupported: self = .data
    }
  }

  private init(training error: TrainingError) {
    switch error {
    case .otherConfiguration, .notARunFolder, .unsuitableData, .tooFewExamples: self = .usage
    case .diverged: self = .numerics
    }
  }
}
