import Checkpoints
public import Foundation
public import MPI
import Training

/// An experiment in its folder, from the first line to the last.
public struct ExperimentRun {
  private let experiment: any Experiment.Type
  private let options: ExperimentOptions
  private let folder: ExperimentFolder
  private let world: Communicator

  /// Describes a run; nothing is read or written.
  ///
  /// - Parameters:
  ///   - experiment: The experiment.
  ///   - options: How long it runs.
  ///   - folder: Its folder, which all ranks must see.
  ///   - world: All ranks.
  public init(
    _ experiment: any Experiment.Type, options: ExperimentOptions, in folder: ExperimentFolder,
    over world: Communicator
  ) {
    self.experiment = experiment
    self.options = options
    self.folder = folder
    self.world = world
  }

  /// Computes what is not computed yet, and writes and prints the report; every rank must call
  /// this.
  ///
  /// - Parameters:
  ///   - copy: Where a copy of `report.json` goes, nil for nowhere.
  ///   - say: Prints a line; called on rank 0 only.
  /// - Throws: ``ReproductionError`` if the folder is not the experiment's, as `SharedFailure` on
  ///   all ranks, `ExitStatus.stopped` if a signal asked for it, and what the experiment throws.
  public func callAsFunction(copy: URL? = nil, say: @escaping @Sendable (String) -> Void) throws {
    _ = try world.fromRankZero {
      try folder.claim(for: ExperimentIdentity(name: experiment.name, options: options))
      return true
    }
    try SharedFolder.require(folder.url, over: world)
    let context = ExperimentContext(over: world, folder: folder.url, say: say)
    let ranks = world.size == 1 ? "1 rank" : "\(world.size) ranks"
    context.note("\(experiment.name) on \(ranks) in \(folder.path)")
    if options.isQuick { context.note(ExperimentReport.quickWarning) }
    let report = try experiment.init(options).run(in: context)
    _ = try world.fromRankZero {
      let files = ReportFiles(folder: folder, options: options)
      let problems = try files.write(report)
      if let copy { try folder.write(files.record(of: report), to: copy) }
      report.lines(isQuick: options.isQuick).forEach(say)
      problems.forEach { say("note: \($0)") }
      say("the page is \(folder.page.path)")
      return true
    }
  }
}
