import ArgumentParser
import Foundation
import Training
import Verification

/// Runs reference cases and compares.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute reference cases with this program's own code and compare the results.",
    discussion: """
      FOLDER holds index.json and a safetensors file for each case. Without names, every case of a \
      kind that this program knows is run. A line for each case names the tensor that comes \
      nearest to its tolerance, or exceeds it by most. Numbers of solver steps are for information. \
      Notes say what to know about a comparison, such as defects of the reference.

      Exit codes: 0 all cases run passed; 2 a named case does not exist or cannot be run; 3 files \
      are missing or damaged; 4 a result is outside its tolerance.
      """)

  @Argument(help: "The folder of reference data.")
  var folder: String

  @Argument(help: ArgumentHelp("The cases to run.", valueName: "case"))
  var cases: [String] = []

  @Option(
    help: ArgumentHelp(
      "Write error and tolerance of each tensor, and the notes on cases, as JSON.",
      valueName: "file"))
  var json: String?

  func run() throws {
    try Session.onRankZero(verify)
  }

  private func verify() throws -> ExitStatus {
    let verification = try Verification(
      folder: URL(filePath: folder, directoryHint: .isDirectory))
    let names = cases.isEmpty ? verification.caseNames : cases
    try verification.requireCases(names)
    var reports: [CaseReport] = []
    for name in names {
      let report = try verification.run(name)
      print(report.line)
      for note in report.notes { print("    note: \(note)") }
      for failure in report.failures { print("    \(failure.line)") }
      fflush(nil)
      reports.append(report)
    }
    if let json { try write(JSONTable(reports), to: json) }
    let failed = reports.filter { !$0.passed }.count
    print("\(reports.count - failed) passed, \(failed) failed")
    return failed > 0 ? .numerics : .done
  }
}

extension CaseReport {
  fileprivate var line: String {
    let verdict = passed ? "passed" : "FAILED"
    let worst = worst.map { ", nearest: \($0.line)" } ?? ""
    return "\(verdict)  \(name): \(tensors.count) tensors\(worst)"
  }
}

extension CaseReport.Tensor {
  fileprivate var line: String {
    "\(name), error \(scientific(error)), tolerance \(scientific(tolerance))"
  }
}

/// Three digits in scientific notation.
private func scientific(_ number: Double) -> String { String(format: "%.2e", number) }

/// The form of the file: one object for each tensor, and one for each note.
private struct JSONTable: Encodable {
  struct Row: Encodable {
    let `case`: String
    let tensor: String
    let error: Double?
    let tolerance: Double
    let passed: Bool
    let informational: Bool
  }

  struct Note: Encodable {
    let `case`: String
    let note: String
  }

  let passed: Bool
  let tensors: [Row]
  let notes: [Note]

  init(_ reports: [CaseReport]) {
    passed = reports.allSatisfy(\.passed)
    tensors = reports.flatMap { report in
      report.tensors.map { tensor in
        Row(
          case: report.name, tensor: tensor.name,
          // JSON has no infinity; null says that there is no finite result.
          error: tensor.error.isFinite ? tensor.error : nil, tolerance: tensor.tolerance,
          passed: tensor.passed, informational: !tensor.isBinding)
      }
    }
    notes = reports.flatMap { report in
      report.notes.map { Note(case: report.name, note: $0) }
    }
  }
}
