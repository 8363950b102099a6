import ArgumentParser
import Checkpoints
import Foundation
import MPI
import Reproduction
import Training

/// Computes results of the papers again.
struct Reproduce: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute published results again and say whether they agree; list them without NAME.",
    discussion: """
      Runs under mpirun on any number of ranks; the same command continues what was stopped. The \
      folder gets report.html, a page that needs no network, report.json, and figures as SVG and PNG.

      The exit code is 0 when everything was computed, whether it agrees or not.
      """)

  @Argument(help: "The experiment, or 'all'.")
  var name: String?

  @Option(
    name: .customLong("run"),
    help:
      "The folder, which all ranks must see; reproductions/NAME by default. With 'all', it has one for each."
  )
  var folder: String?

  @Option(help: "The number of seeds; by default what the experiment calls for.")
  var seeds: Int?

  @Flag(help: "Shorten everything to see that it works; no figure then claims to agree.")
  var quick = false

  @Option(help: ArgumentHelp("Write the tables as JSON.", valueName: "file"))
  var json: String?

  func validate() throws {
    guard seeds.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--seeds: found \(seeds ?? 0), expected a positive number")
    }
    guard json == nil || name != "all" else {
      throw ValidationError("--json is for one experiment; found 'all'")
    }
  }

  func run() throws {
    guard let name else { return try Session.onRankZero(list) }
    let world = try Session.start().world
    let experiments = try world.together {
      if let json { try AtomicFile.requireWritableFolder(of: json) }
      return name == "all" ? Experiments.all : [try Experiments.named(name)]
    }
    let options = ExperimentOptions(seeds: seeds, isQuick: quick)
    for experiment in experiments {
      let run = ExperimentRun(
        experiment, options: options, in: ExperimentFolder(path: path(of: experiment.name)),
        over: world)
      try run(copy: json.map { URL(filePath: $0) }, say: Session.note)
    }
  }

  private func path(of experiment: String) -> String {
    guard let folder else { return "reproductions/\(experiment)\(quick ? "-quick" : "")" }
    return name == "all" ? "\(folder)/\(experiment)" : folder
  }

  private func list() -> ExitStatus {
    // A key path over these types crashes the compiler of Swift 6.3.
    let width = Experiments.all.map { $0.name.count }.max() ?? 0
    for experiment in Experiments.all {
      let padding = String(repeating: " ", count: width - experiment.name.count)
      print("\(experiment.name)\(padding)  \(experiment.summary)")
    }
    return .done
  }
}
