import Foundation
import MPI
import RunConfiguration
import Synchronization
import TestSupport
import Testing
import Training

@testable import Reproduction

@Suite final class ExperimentContextTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func context(
    _ say: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> ExperimentContext {
    ExperimentContext(over: try MPIEnvironment.start().world, folder: folder.url, say: say)
  }

  @Test func stageIsComputedOnceAndReadAfterwards() throws {
    var computations = 0
    for _ in 0..<2 {
      let values: [Double] = try context().stage("values") {
        computations += 1
        return [1.0 / 3, .infinity, -0.1]
      }
      #expect(values == [1.0 / 3, .infinity, -0.1])
    }
    #expect(computations == 1)
  }

  @Test func damagedStageIsReportedAndComputedAgain() throws {
    _ = try context().stage("number") { 1 }
    try Data("[2".utf8).write(to: folder.url.appending(path: "stages/number.json"))
    let lines = Mutex<[String]>([])
    let value = try context { line in lines.withLock { $0.append(line) } }.stage("number") { 3 }
    #expect(value == 3)
    #expect(lines.withLock { $0.first }?.contains("number.json is damaged") == true)
  }

  @Test func finishedRunIsLoadedAndItsCurveRead() throws {
    let settings = try ResolvedSettings(
      "toy-8gaussians-u",
      overrides: [
        "dataset.points=64", "training.global_batch=16", "training.steps=3",
        "training.log_every=1",
      ]
    ).settings
    let first = try context().train(settings, as: "u")
    let lines = Mutex<[String]>([])
    let second = try context { line in lines.withLock { $0.append(line) } }
      .train(settings, as: "u")
    #expect(second.counters.step == 3)
    #expect(Array(first.parameters.values) == Array(second.parameters.values))
    #expect(lines.withLock { $0 } == ["u: continuing from step 3"])
    #expect(try context().curve(of: "loss", in: "u").map(\.step) == [1, 2, 3])
  }

  @Test func folderOfOtherOptionsOrContentIsRefused() throws {
    let files = ExperimentFolder(path: folder.url.appending(path: "experiment").path)
    let quick = ExperimentIdentity(name: "a", options: ExperimentOptions(isQuick: true))
    let long = ExperimentIdentity(name: "a", options: ExperimentOptions(seeds: 3))
    try files.claim(for: quick)
    try files.claim(for: quick)
    #expect(
      throws: ReproductionError.otherExperiment(
        folder: files.path, found: "a with its own number of seeds and --quick",
        expected: "a with --seeds 3")
    ) { try files.claim(for: long) }
    let other = folder.url.appending(path: "other")
    try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
    try Data().write(to: other.appending(path: "thesis.tex"))
    let foreign = ExperimentFolder(path: other.path)
    #expect(
      throws: ReproductionError.notAnExperiment(folder: foreign.path, found: "thesis.tex")
    ) { try foreign.claim(for: quick) }
  }
}
