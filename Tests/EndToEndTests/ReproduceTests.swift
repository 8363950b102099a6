import Foundation
import TestSupport
import Testing

/// Every experiment in its quick form, on two ranks.
@Suite(.serialized) struct ReproduceTests {
  private let program: HelmholtzProgram

  init() throws { program = try HelmholtzProgram() }

  /// The names that the command lists.
  private func names() async throws -> [String] {
    let list = try await program.run(["reproduce"])
    #expect(list.code == 0, "\(list.errors)")
    return list.output.split(separator: "\n").compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
  }

  @Test func everyExperimentGivesAPageAndIsNotComputedTwice() async throws {
    let names = try await names()
    #expect(names.contains("qcsbm-gaussian") && names.contains("qcsbm-autoencoder"))
    for name in names {
      let temporary = try TemporaryFolder()
      let folder = temporary.url.appending(path: name)
      let command = ["reproduce", name, "--quick", "--run", folder.path]
      let first = try await program.run(command, ranks: 2)
      #expect(first.code == 0, "\(name): \(first.errors)")
      // Only rank 0 speaks.
      #expect(first.output.components(separatedBy: "the page is ").count == 2, "\(name)")
      #expect(first.output.contains("claim no agreement"), "\(name)")
      try expectPage(of: name, in: folder)
      let report = try Data(contentsOf: folder.appending(path: "report.json"))

      let again = try await program.run(command, ranks: 1)
      #expect(again.code == 0, "\(name): \(again.errors)")
      #expect(!again.output.contains(": done in"), "\(name)")
      #expect(again.output.firstMatch(of: /step \d+\/\d+/) == nil, "\(name)")
      #expect(try Data(contentsOf: folder.appending(path: "report.json")) == report, "\(name)")
    }
  }

  private func expectPage(of name: String, in folder: URL) throws {
    let page = try String(contentsOf: folder.appending(path: "report.html"), encoding: .utf8)
    let rest = page.replacingOccurrences(of: "http://www.w3.org/2000/svg", with: "")
    for word in ["http:", "https:", "<script", "<link", "src=", "url("] {
      #expect(!rest.contains(word), "\(name): \(word)")
    }
    let record = try JSONSerialization.jsonObject(
      with: Data(contentsOf: folder.appending(path: "report.json")))
    let report = try #require((record as? [String: Any])?["report"] as? [String: Any])
    let tables = try #require(report["tables"] as? [[String: Any]])
    #expect(!tables.isEmpty && tables.allSatisfy { ($0["findings"] as? [Any])?.isEmpty == false })
    #expect(page.components(separatedBy: "<table>").count == tables.count + 1, "\(name)")
    // Cells of the verdict: a quick run claims nothing.
    #expect(!page.contains("class=\"yes\"") && !page.contains("class=\"NO\""), "\(name)")
    let figures = try #require(report["figures"] as? [[String: Any]])
    #expect(page.components(separatedBy: "<figure>").count == figures.count + 1, "\(name)")
    for figure in figures.compactMap({ $0["name"] as? String }) {
      let drawing = folder.appending(path: "figures/\(figure).svg")
      #expect(try String(contentsOf: drawing, encoding: .utf8).hasPrefix("<svg"), "\(name)")
    }
  }

  @Test func numbersDoNotDependOnTheNumberOfRanks() async throws {
    let temporary = try TemporaryFolder()
    var reports: Set<Data> = []
    for ranks in 1...3 {
      let json = temporary.url.appending(path: "\(ranks).json")
      let outcome = try await program.run(
        [
          "reproduce", "qcsbm-autoencoder", "--quick", "--seeds", "3", "--run",
          temporary.url.appending(path: "\(ranks)").path, "--json", json.path,
        ], ranks: ranks)
      #expect(outcome.code == 0, "\(outcome.errors)")
      reports.insert(try Data(contentsOf: json))
    }
    #expect(reports.count == 1)
  }

  @Test func mistakesHaveOneLineAndTheirCode() async throws {
    let temporary = try TemporaryFolder()
    let foreign = temporary.url.appending(path: "foreign").path
    try FileManager.default.createDirectory(atPath: foreign, withIntermediateDirectories: true)
    try temporary.write("x", to: "foreign/notes.txt")
    let done = temporary.url.appending(path: "done").path
    let first = try await program.run(["reproduce", "qcsbm-gaussian", "--run", done])
    #expect(first.code == 0, "\(first.errors)")
    let cases: [(arguments: [String], words: String)] = [
      (["qcsbm-gauss", "--run", done], "expected one of qcsbm-gaussian"),
      (["qcsbm-gaussian", "--run", foreign], "found notes.txt"),
      (["qcsbm-gaussian", "--run", done, "--quick"], "holds qcsbm-gaussian with"),
      (["qcsbm-gaussian", "--run", done, "--seeds", "0"], "found 0"),
    ]
    for (arguments, words) in cases {
      for ranks in [nil, 2] {
        let outcome = try await program.run(["reproduce"] + arguments, ranks: ranks)
        #expect(outcome.code == 2, "\(arguments): \(outcome.errors)")
        #expect(
          outcome.messages.count == 1 && outcome.errors.contains(words),
          "\(arguments): \(outcome.errors)")
      }
    }
  }
}
