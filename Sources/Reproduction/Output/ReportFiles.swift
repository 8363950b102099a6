import Charts
import Checkpoints
import Foundation
import Training

/// Writes a report into the folder of its experiment; for rank 0.
struct ReportFiles {
  let folder: ExperimentFolder
  let options: ExperimentOptions

  /// Writes tables and figures.
  ///
  /// - Parameter report: The report.
  /// - Returns: A line for each file that could not be made without loss to the others.
  /// - Throws: `CheckpointError` if the system refuses to write.
  func write(_ report: ExperimentReport) throws -> [String] {
    try folder.write(record(of: report), to: folder.reportFile)
    let page = ReportPage(report: report, options: options, version: ProgramVersion.current)
    try AtomicFile.write(page.html, to: folder.page)
    for figure in report.figures {
      try AtomicFile.write(figure.chart.svg, to: folder.figure(figure.name, "svg"))
    }
    guard !report.figures.isEmpty else { return [] }
    guard let conversion = PNGConversion() else { return [PNGConversion.missing] }
    return report.figures.compactMap { figure in
      conversion.convert(folder.figure(figure.name, "svg"), to: folder.figure(figure.name, "png"))
    }
  }

  /// The report for programs, with what follows from its values.
  func record(of report: ExperimentReport) -> ReportRecord {
    ReportRecord(
      version: ProgramVersion.current, options: options, report: report,
      agreement: report.tables.map { $0.findings.map(\.agrees) },
      mean: report.tables.map { $0.findings.map(\.mean) },
      deviation: report.tables.map { $0.findings.map(\.deviation) })
  }
}

/// The form of `report.json`: beside the report, for each table the verdict, the mean and the
/// deviation of each row.
struct ReportRecord: Encodable {
  let version: String
  let options: ExperimentOptions
  let report: ExperimentReport
  let agreement: [[Bool?]]
  let mean: [[Double]]
  let deviation: [[Double]]
}
