import Foundation
import MPI
import TestSupport
import Testing

@testable import Reproduction

@Suite(.serialized) struct FPMixtureTests {
  private static let environment = Result {
    let environment = try MPIEnvironment.start()
    environment.finalizeAtExit()
    return environment
  }

  @Test func closedFormsHaveNoResidual() throws {
    let plan = FPMixturePlan(ExperimentOptions(isQuick: true))
    let forms = try closedFormResiduals(plan)
    #expect(forms.count == 6)
    for form in forms { #expect(form.residual < 1e-5 && form.rate > 0.1, "\(form.title)") }
  }

  @Test func quickFormMeasuresBothObjectivesAndGoesOn() throws {
    let folder = try TemporaryFolder()
    let context = ExperimentContext(
      over: try Self.environment.get().world, folder: folder.url, say: { _ in })
    let experiment = FPMixture(ExperimentOptions(seeds: 1, isQuick: true))
    let report = try experiment.run(in: context)
    let quantities = report.tables.flatMap { $0.findings.map(\.quantity) }
    #expect(Set(quantities).count == quantities.count)
    #expect(report.tables.flatMap(\.findings).allSatisfy { $0.mean.isFinite })
    let agreement = try #require(report.tables.last?.findings.suffix(2))
    for finding in agreement { #expect(finding.agrees == true, "\(finding.quantity)") }
    let before = try stageDates(in: folder.url)
    #expect(before.count == 4)
    _ = try experiment.run(in: context)
    #expect(try stageDates(in: folder.url) == before)
  }

  private func stageDates(in folder: URL) throws -> [String: Date] {
    let stages = folder.appending(path: "stages")
    return try FileManager.default.contentsOfDirectory(atPath: stages.path).reduce(into: [:]) {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: stages.appending(path: $1).path)
      $0[$1] = attributes[.modificationDate] as? Date
    }
  }
}
