import Charts
import Foundation
import Testing

@testable import Reproduction

@Suite struct ReportTests {
  private func line(_ finding: Finding, isQuick: Bool = false) -> [String] {
    let text = FindingText(finding, isQuick: isQuick)
    return [text.published, text.ours, text.agreement]
  }

  @Test func findingsPrintWithTheirDigitsAndVerdict() {
    let three = Finding("a", [1.7699e-2], expectation: .digits(1.77e-2, 3), published: "1.77e-2")
    #expect(line(three) == ["1.77e-2", "0.0177", "yes"])
    #expect(line(three, isQuick: true) == ["1.77e-2", "0.0177", "quick"])
    let small = Finding("b", [4.4123e-7, 4.6e-7], expectation: .atMost(4e-7))
    #expect(line(small) == ["-", "4.506e-7 +- 1.3e-8 (2)", "NO"])
    #expect(line(Finding("c", [121])) == ["-", "121", "-"])
    #expect(line(Finding("d", [.infinity])) == ["-", "inf", "-"])
  }

  @Test func expectationsHoldAtTheirEdges() {
    #expect(Finding("a", [1.775e-2], expectation: .digits(1.77e-2, 3)).agrees == true)
    #expect(Finding("a", [1.776e-2], expectation: .digits(1.77e-2, 3)).agrees == false)
    #expect(Finding("a", [0], expectation: .digits(0, 3)).agrees == true)
    #expect(Finding("a", [1.2], expectation: .within(1, spread: 0.1)).agrees == false)
    #expect(Finding("a", [1.0, 1.4], expectation: .within(1, spread: 0.1)).agrees == true)
    #expect(Finding("a", [2], expectation: .factor(3, of: 1.5)).agrees == true)
    #expect(Finding("a", [.nan], expectation: .atMost(3)).agrees == false)
  }

  private var report: ExperimentReport {
    ExperimentReport(
      name: "example", source: "A & B", settings: ["x < y"],
      tables: [
        ReportTable(
          "Table 1",
          findings: [
            Finding("steps", [3], expectation: .atMost(4), published: "4", note: "one seed"),
            Finding("error", [.nan], expectation: .atMost(1)),
          ])
      ],
      figures: [
        ReportFigure(
          "curve", caption: "It falls.",
          chart: Chart(
            panels: [
              Panel(x: Axis("t"), y: Axis("r"), layers: [.line([Point(0, 1)], label: "r")])
            ]))
      ], notes: ["the code's form"])
  }

  @Test func pageIsSelfContained() {
    let page = ReportPage(report: report, options: ExperimentOptions(), version: "1").html
    #expect(page.contains("<svg") && page.contains("It falls.") && page.contains("Table 1"))
    #expect(page.contains("A &amp; B") && page.contains("x &lt; y"))
    #expect(page.contains("1 of 2 figures agree"))
    // The name space of SVG is a name, not an address that is fetched.
    let rest = page.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
    for word in ["http", "<script", "<link", "src=", "url(", "@import"] {
      #expect(!rest.contains(word), "\(word)")
    }
  }

  @Test func filesAreWrittenAndReadBack() throws {
    let folder = ExperimentFolder(
      path: FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path)
    defer { try? FileManager.default.removeItem(at: folder.url) }
    let options = ExperimentOptions(seeds: 2, isQuick: true)
    try folder.claim(for: ExperimentIdentity(name: "example", options: options))
    let problems = try ReportFiles(folder: folder, options: options).write(report)
    let record = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.reportFile))
    let agreement = (record as? [String: Any])?["agreement"] as? [[Bool]]
    #expect(agreement == [[true, false]])
    #expect(try String(contentsOf: folder.page, encoding: .utf8).contains("claim no agreement"))
    #expect(try String(contentsOf: folder.figure("curve", "svg"), encoding: .utf8).contains("<svg"))
    if PNGConversion() == nil {
      #expect(problems == [PNGConversion.missing])
    } else {
      #expect(problems.isEmpty)
      #expect(
        try Data(contentsOf: folder.figure("curve", "png")).starts(with: [0x89, 0x50, 0x4e, 0x47]))
    }
  }

  @Test func missingConverterIsFound() {
    #expect(PNGConversion(searchPath: "/nonexistent:/dev") == nil)
  }

  @Test func quickReportsClaimNothing() {
    let lines = report.lines(isQuick: true).joined(separator: "\n")
    #expect(lines.contains("claim no agreement") && lines.contains("quick"))
    #expect(!lines.contains("yes") && !lines.contains("NO"))
    #expect(report.lines(isQuick: false).contains { $0.contains("NO") })
  }
}
