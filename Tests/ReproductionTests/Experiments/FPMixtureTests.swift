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
    var notes: [String] = []
    let context = ExperimentContext(
      over: try Self.environment.get().world, folder: folder.url, say: { notes.append($0) })
    let experiment = FPMixture(ExperimentOptions(seeds: 1, isQuick: true))
    let report = try experiment.run(in: context)
    let quantities = report.tables.flatMap { $0.findings.map(\.quantity) }
    #expect(Set(quantities).count == quantities.count)
    #expect(report.tables.flatMap(\.findings).allSatisfy { $0.mean.isFinite })
    let agreement = try #require(report.tables.last?.findings.suffix(2))
    for finding in agreement { #expect(finding.agrees == true, "\(finding.quantity)") }
    let count = notes.count
    _ = try experiment.run(in: context)
    #expect(!notes[count...].contains { $0.contains("done in") })
  }
}
