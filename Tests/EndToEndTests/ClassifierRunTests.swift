import Foundation
import TestSupport
import Testing

/// Two-stage training on the moons: a score model, and a classifier against it.
@Suite(.serialized) struct ClassifierRunTests {
  private static let size = ["dataset.points=120", "training.global_batch=24"]

  private func train(
    _ scene: RunScene, _ run: String, _ overrides: [String], ranks: Int? = 2
  ) async throws -> HelmholtzProgram.Outcome {
    let folder = scene.folder.appending(path: run).path
    return try await scene.program.run(
      ["train", "toy-moons", "--run", folder]
        + (Self.size + overrides).flatMap { ["--set", $0] }, ranks: ranks)
  }

  private func classify(
    _ scene: RunScene, _ run: String, steps: Int, ranks: Int? = 2
  ) async throws -> HelmholtzProgram.Outcome {
    try await train(
      scene, run,
      [
        "classifier.objective=total", "classifier.coefficient=0.125",
        "classifier.score_run=\(scene.folder.appending(path: "score").path)",
        "training.steps=\(steps)", "training.log_every=1",
      ], ranks: ranks)
  }

  @Test func bothStagesContinueBitForBit() async throws {
    let scene = try RunScene()
    let shards = (0..<2).map { "shard-0000\($0)-of-00002.safetensors" }
    func expectEqual(_ left: String, _ right: String, step: Int) throws {
      for shard in shards {
        let areEqual =
          try scene.content(left, step: step, shard) == scene.content(right, step: step, shard)
        #expect(areEqual, "\(left) and \(right), \(shard)")
      }
    }
    for (run, steps) in [("score", 12), ("broken", 7), ("broken", 12)] {
      let outcome = try await train(scene, run, ["training.steps=\(steps)"])
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    try expectEqual("score", "broken", step: 12)
    for (run, steps) in [("whole", 10), ("half", 6), ("half", 10)] {
      let outcome = try await classify(scene, run, steps: steps)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    try expectEqual("whole", "half", step: 10)
    let alone = try await classify(scene, "alone", steps: 10, ranks: 1)
    #expect(alone.code == 0, "\(alone.errors)")
    for key in ["loss", "dlsm", "cross_entropy"] {
      let difference = largestDifference(
        try scene.series("whole", key), try scene.series("alone", key))
      #expect(difference < 1e-5, "\(key)")
    }
  }

  @Test func guidedSamplesAndAccuracyDoNotDependOnTheNumberOfRanks() async throws {
    let scene = try RunScene()
    let stages = [
      try await train(scene, "score", ["training.steps=4"]),
      try await classify(scene, "classifier", steps: 4),
    ]
    for stage in stages { #expect(stage.code == 0, "\(stage.errors)") }
    func path(_ name: String) -> String { scene.folder.appending(path: name).path }
    func sample(_ name: String, _ extra: [String], ranks: Int) async throws -> Data {
      let outcome = try await scene.program.run(
        [
          "sample", path("score"), "--output", path("\(name).png"), "--safetensors",
          path("\(name).safetensors"), "--count", "12", "--sampler", "pc", "--steps", "4",
          "--set", "sampling.group_size=4",
        ] + extra, ranks: ranks)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return try Data(contentsOf: scene.folder.appending(path: "\(name).safetensors"))
    }
    let guide = ["--classifier", path("classifier"), "--class"]
    let one = try await sample("one", guide + ["1", "--guidance", "2"], ranks: 1)
    let two = try await sample("two", guide + ["1", "--guidance", "2"], ranks: 2)
    let other = try await sample("other", guide + ["0", "--guidance", "2"], ranks: 2)
    let free = try await sample("free", guide + ["1", "--guidance", "0"], ranks: 2)
    let plain = try await sample("plain", [], ranks: 2)
    #expect(one == two && one != other && one != free && free == plain)

    var reports: [Data] = []
    for ranks in [1, 3] {
      let file = "accuracy-\(ranks).json"
      let outcome = try await scene.program.run(
        [
          "evaluate", path("classifier"), "--json", path(file), "--set", "evaluation.levels=5",
          "--set", "evaluation.examples=120", "--set", "evaluation.batch=50",
        ], ranks: ranks)
      #expect(outcome.code == 0 && outcome.output.contains("accuracy"), "\(outcome.errors)")
      reports.append(try Data(contentsOf: scene.folder.appending(path: file)))
    }
    #expect(reports[0] == reports[1])
  }

  @Test func mistakesAreOneLine() async throws {
    let scene = try RunScene()
    func path(_ name: String) -> String { scene.folder.appending(path: name).path }
    let missing = try await classify(scene, "classifier", steps: 4)
    #expect(missing.code == 2)
    #expect(
      missing.messages == [
        "helmholtz: classifier.score_run \(path("score")): found no configuration, expected the run"
          + " folder of a score model"
      ])
    _ = try await train(scene, "score", ["training.steps=2"])
    let other = try await train(
      scene, "other",
      [
        "classifier.objective=dlsm", "classifier.score_run=\(path("score"))", "sde.sigma_max=5",
        "training.steps=2",
      ])
    #expect(other.code == 2)
    #expect(other.messages.first?.contains("found another process than sde of this run") == true)
    _ = try await classify(scene, "classifier", steps: 2)
    let label = try await scene.program.run(
      [
        "sample", path("score"), "--output", path("a.png"), "--classifier", path("classifier"),
        "--class", "2",
      ], ranks: 2)
    #expect(label.code != 0)
    #expect(label.errors.contains("--class: found 2, expected a class from 0 to 1"))
    let alone = try await scene.program.run(
      ["sample", path("score"), "--output", path("a.png"), "--class", "1"])
    #expect(alone.errors.contains("found --class alone"))
  }
}
