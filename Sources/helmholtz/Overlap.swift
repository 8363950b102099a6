import ArgumentParser
import Foundation
import Telemetry
import Training

/// Evaluates traces of training steps.
struct Overlap: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print how much of the communication a trace hides behind the programs of its steps.",
    discussion: """
      Traces are those of 'train --trace' or 'benchmark --trace'. With --blocking, the trace of the \
      same steps with communication.overlap=false, the shares that are hidden and saved are printed, \
      too. All times are medians over steps and ranks.
      """)

  @Argument(help: ArgumentHelp("A trace.", valueName: "trace.json"))
  var trace: String

  @Option(
    help: ArgumentHelp("The trace with communication.overlap=false.", valueName: "trace.json"))
  var blocking: String?

  @Option(help: ArgumentHelp("Write the figures to a file, too.", valueName: "file.json"))
  var json: String?

  func run() throws {
    try Session.onRankZero {
      let overlapped = try report(of: trace)
      let reference = try blocking.map(report)
      print("step: \(overlapped.summary)")
      if let reference {
        print("blocking step: \(reference.summary)")
        print("communication: \(percent(reference.exposedSeconds / reference.stepSeconds)) of it")
        print("hidden: \(percent(overlapped.hiddenShare(against: reference)))")
        print("saved: \(percent(overlapped.savedShare(against: reference)))")
      }
      if let json { try write(Record(overlapped, reference), to: json) }
      return .done
    }
  }

  private func report(of path: String) throws -> OverlapReport {
    guard let report = OverlapReport(try TracedWork.read(URL(filePath: path))) else {
      throw TelemetryError.wrongContent(
        path: path, found: "no step that reduces gradients", expected: "a trace of several ranks")
    }
    return report
  }

  private struct Record: Encodable {
    let overlapped: OverlapReport
    let blocking: OverlapReport?
    let hidden: Double?
    let saved: Double?

    init(_ overlapped: OverlapReport, _ blocking: OverlapReport?) {
      self.overlapped = overlapped
      self.blocking = blocking
      hidden = blocking.map(overlapped.hiddenShare)
      saved = blocking.map(overlapped.savedShare)
    }
  }
}

extension OverlapReport {
  fileprivate var summary: String {
    "\(seconds(stepSeconds)), program \(seconds(programSeconds)),"
      + " waits for gradients \(seconds(exposedSeconds)) (\(steps) steps)"
  }
}
