import Foundation
import MPI
import RunConfiguration
import Synchronization
import TestSupport
import Testing

@testable import Reproduction

@Suite final class DLSMMoonsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func gridAndExactFieldsAreThoseOfThePaper() throws {
    let field = try MoonsField(floor: 0)
    #expect(field.grid.count == 2 * 1225)
    #expect(Array(field.grid.prefix(2)) == [-40, -25] && Array(field.grid.suffix(2)) == [40, 25])
    // Bayes' rule: the prior is the mean of the classes' densities, so far to one side its score is
    // that of the nearer class.
    let far = field.grid.indices.first { field.grid[$0] == -40 && field.grid[$0 + 1] == 25 } ?? 0
    #expect(abs(field.likelihood(ofClass: 0)[far]) < 0.02)
    // The two moons are each other turned by half a turn, and so are the fields.
    let (upper, lower) = (field.likelihood(ofClass: 0), field.likelihood(ofClass: 1))
    for index in upper.indices where index.isMultiple(of: 2) {
      let turned = upper.count - 2 - index
      #expect(abs(upper[index] + lower[turned]) < 1e-4)
      #expect(abs(upper[index + 1] + lower[turned + 1]) < 1e-4)
    }
    let floored = try MoonsField(floor: 1e-8)
    let shift = MoonsField.distance(
      floored.likelihood(ofClass: 0), field.likelihood(ofClass: 0))
    // The page on the paper has about 0.005.
    #expect(shift > 0 && shift < 0.02)
  }

  @Test func recipesAreThePublishedOnes() throws {
    let total = try MoonsRun.total.settings(seed: 3, .full, scoreRun: "somewhere")
    #expect(total.optimizer.learningRate == 1e-5 && total.classifier.coefficient == 0.125)
    #expect(total.training.steps == 40_001 && total.training.globalBatch == 4000)
    #expect(total.classifier.scoreRun == "somewhere" && total.classifier.scoreStep == 40_001)
    #expect(
      try MoonsRun.likelihood.settings(seed: 3, .full, scoreRun: "a").optimizer.learningRate == 2e-5
    )
    #expect(try MoonsRun.classScore(1).settings(seed: 3, .full, scoreRun: "").dataset.only == 1)
    #expect(MoonsLength.full.checkpoints == (1...16).map { 2500 * $0 } + [40_001])
  }

  @Test func quickExperimentHasAllRowsAndResumesWithoutComputing() throws {
    let experiment = DLSMMoons(ExperimentOptions(isQuick: true))
    func run(_ lines: Lines) throws -> ExperimentReport {
      let context = ExperimentContext(
        over: try MPIEnvironment.start().world, folder: folder.url, say: lines.add)
      return try experiment.run(in: context)
    }
    let (lines, later) = (Lines(), Lines())
    let first = try run(lines)
    #expect(lines.all.contains { $0.contains("seed-1-measures: done") })
    #expect(first.tables.map(\.findings.count) == [18, 18, 20, 13, 6])
    #expect(first.tables.flatMap(\.findings).allSatisfy { $0.mean.isFinite })
    #expect(first.figures.count == 4)
    let again = try run(later)
    #expect(!later.all.contains { $0.contains(": done") })
    #expect(again.tables[0].findings.map(\.values) == first.tables[0].findings.map(\.values))
  }
}

/// Lines that an experiment prints.
private final class Lines: Sendable {
  private let lines = Mutex<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  @Sendable func add(_ line: String) { lines.withLock { $0.append(line) } }
}
