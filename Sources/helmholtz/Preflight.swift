import ArgumentParser
import Foundation
import MPI
import RunConfiguration
import Training

/// Checks hosts before a run.
struct Preflight: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check before a run that all hosts can carry it.",
    discussion: """
      Start it under mpirun as the run will be started. It compares program, settings, data and \
      clocks of all ranks, tries the run folder, measures reductions, links and arithmetic, and \
      compares cores and memory with what the run takes. Each check is done, whatever the ones \
      before have found.

      Exit codes: 0 all is well, perhaps with warnings; 2 the settings differ, do not fit, or the \
      folder is not shared; 3 data differ or are missing, or checkpoints have no room; 5 a host, \
      a link or a library is bad, or a check takes longer than --limit. The first failure decides.
      """)

  @OptionGroup var choice: ConfigurationChoice

  @Option(name: .customLong("run"), help: "The folder of the run, which all ranks must see.")
  var folder: String?

  @Option(help: ArgumentHelp("Write all figures as JSON.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("What a check may take, 0 for any time.", valueName: "seconds"))
  var limit = 300.0

  @Flag(help: "End with code 5 if there are warnings only.")
  var strict = false

  func validate() throws {
    guard limit >= 0, limit.isFinite else {
      throw ValidationError("--limit: found \(limit), expected at least 0 seconds")
    }
  }

  func run() throws {
    let world = try Session.start().world
    let preflight = try Training.Preflight(
      Result { try choice.resolved().settings }, folder: folder.map(RunFolder.init(path:)),
      limit: limit, over: world)
    let width = Training.Preflight.checkNames.map(\.count).max() ?? 0
    let report = try preflight.run { finding in
      guard world.rank == 0 else { return }
      finding.lines(width: width).forEach { print($0) }
      fflush(nil)
    }
    if let json {
      _ = try world.fromRankZero {
        try write(JSONReport(report), to: json)
        return true
      }
    }
    var status = report.exitStatus
    if status == .done, strict, report.hasWarnings { status = .communication }
    guard status == .done else { throw status }
  }
}

extension PreflightFinding {
  /// The finding as it stands in the table, and its problems below.
  fileprivate func lines(width: Int) -> [String] {
    let words = verdict == .failed ? "FAILED" : verdict.rawValue
    return ["\(padded(check, width))  \(padded(words, 7))  \(figure)"]
      + problems.map { "    \($0)" }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

/// The form of the file.
private struct JSONReport: Encodable {
  let ranks: Int
  let hosts: [String]
  let exitCode: Int32
  let checks: [PreflightFinding]

  enum CodingKeys: String, CodingKey {
    case ranks, hosts, checks
    case exitCode = "exit_code"
  }

  init(_ report: PreflightReport) {
    (ranks, hosts, checks) = (report.hosts.count, report.hosts, report.checks)
    exitCode = report.exitStatus.rawValue
  }
}
