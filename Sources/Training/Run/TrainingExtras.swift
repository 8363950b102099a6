public import Foundation
public import Telemetry

/// What a training loop does beside training, given by the program around it.
///
/// All ranks call each of these at the same step. They return what rank 0's event line tells.
public struct TrainingExtras {
  /// Draws samples with the average weights into a picture, which rank 0 writes.
  public var drawSamples: ((TrainingState, URL) throws -> [(String, EventValue)])?
  /// Evaluates the average weights.
  public var evaluate: ((TrainingState) throws -> [(String, EventValue)])?

  /// The number of steps that are traced, after the first two of the session.
  public var tracedSteps = 5
  /// Takes the recorded steps and what was done between them; nil if the session had too few.
  public var saveTrace: ((TraceRecorder?) throws -> Void)?

  /// Does nothing beside training.
  public init() {}
}
