import Foundation
import Testing
import Verification

private let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "Fixtures")

@Suite struct VerificationTests {
  private static let names =
    (try? Verification(folder: fixtures).caseNames) ?? []

  @Test func allKindsHaveACase() {
    let kinds = [
      "ncsnpp_", "toy2d_qc", "autoencoder_qc", "sde_tables", "optimizer_ema", "sampler_steps",
      "ode_gaussian", "ode_toy2d", "metrics",
    ]
    for kind in kinds { #expect(Self.names.contains { $0.hasPrefix(kind) }, "\(kind)") }
  }

  @Test(arguments: names) func everyTensorIsWithinItsTolerance(name: String) throws {
    let report = try Verification(folder: fixtures).run(name)
    #expect(!report.tensors.isEmpty)
    #expect(report.failures.isEmpty, "\(report.failures)")
  }

  @Test func theNoteOnAReferenceWithoutTheDivergenceTellsWhatThatMakes() throws {
    let report = try Verification(folder: fixtures).run("ode_toy2d")
    let note = try #require(report.notes.first)
    let number = try #require(note.firstMatch(of: /differs by up to ([0-9.]+) of it/)?.output.1)
    // Far from what passes as rounding: the integral is a good part of the bits.
    #expect(try #require(Double(number)) > 0.1)
    #expect(report.notes.count == 1)
  }

  @Test func aDamagedExpectationFailsUnderItsName() throws {
    let folder = try CaseFolder(copying: "optimizer_ema", from: fixtures)
    try folder.scaleFirstElement(of: "shadow/1", by: 1.001)
    let report = try Verification(folder: folder.url).run("optimizer_ema")
    #expect(report.failures.map(\.name) == ["shadow/1"])
    #expect(!report.passed)
  }

  @Test func aCaseOfAnotherSuffixIsRecognised() throws {
    let folder = try CaseFolder(copying: "sde_tables", from: fixtures, as: "sde_tables_other")
    let verification = try Verification(folder: folder.url)
    #expect(verification.caseNames == ["sde_tables_other"])
    #expect(try verification.run("sde_tables_other").passed)
  }

  @Test func aTensorWithoutAResultFails() throws {
    let folder = try CaseFolder(copying: "sde_tables", from: fixtures)
    try folder.rename("ve/std", to: "ve/sdt")
    let report = try Verification(folder: folder.url).run("sde_tables")
    #expect(report.failures.map(\.name) == ["ve/sdt"])
    #expect(report.failures.first?.error == .infinity)
  }

  @Test func unknownCasesAreNamed() throws {
    let verification = try Verification(folder: fixtures)
    #expect {
      try verification.requireCases(["sde_tables", "sde_table"])
    } throws: {
      guard case .unknownCase(let name, _, _)? = $0 as? VerificationError else { return false }
      return name == "sde_table"
    }
  }

  @Test func aFolderWithoutIndexIsUnreadable() {
    #expect {
      try Verification(folder: fixtures.appending(path: "nowhere"))
    } throws: {
      guard case .unreadable? = $0 as? VerificationError else { return false }
      return true
    }
  }

  @Test func aTruncatedTensorFileIsAnError() throws {
    let folder = try CaseFolder(copying: "sde_tables", from: fixtures)
    try folder.truncate()
    let verification = try Verification(folder: folder.url)
    #expect(throws: (any Error).self) { try verification.run("sde_tables") }
  }
}
