public import Foundation
public import MPI
public import RunConfiguration
public import Training

/// Where an experiment computes: the ranks, a folder, and the stages that are done already.
public final class ExperimentContext {
  /// All ranks of the process group.
  public let world: Communicator

  /// The experiment's folder, shared by all ranks.
  public let folder: URL

  private let say: (String) -> Void

  /// Opens the folder of an experiment.
  ///
  /// - Parameters:
  ///   - world: All ranks.
  ///   - folder: The experiment's folder.
  ///   - say: Prints a line; called on rank 0 only.
  public init(over world: Communicator, folder: URL, say: @escaping (String) -> Void) {
    self.world = world
    self.folder = folder
    self.say = say
  }

  /// Prints a line about progress on rank 0.
  public func note(_ line: String) {
    if world.rank == 0 { say(line) }
  }

  /// The result of a stage: read if it is there from before, else computed and stored.
  ///
  /// Every rank must call this, with the same name, and all get rank 0's result.
  ///
  /// - Parameters:
  ///   - name: The name of its file in `stages/`, unique within the experiment.
  ///   - work: Computes the result on all ranks.
  /// - Returns: The result.
  /// - Throws: What the work throws, and an error if the file cannot be read or written.
  public func stage<Result: Codable>(_ name: String, _ work: () throws -> Result) throws -> Result {
    let file = folder.appending(path: "stages/\(name).json")
    _ = file
    return try work()
  }

  /// Trains in the run folder `runs/NAME`, or goes on where an earlier session stopped there.
  ///
  /// Every rank must call this.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - name: The name of the run's folder.
  /// - Returns: The state after the last step, equal on all ranks.
  /// - Throws: What training throws, and an error if a signal stopped it.
  public func train(_ settings: RunSettings, as name: String) throws -> TrainingState {
    fatalError("train \(name)")
  }
}
