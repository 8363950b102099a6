import Foundation
import TestSupport
import Testing

/// Each mistake gives one clear line and its documented exit code, on one rank and on two.
@Suite(.serialized) struct BadInputTests {
  @Test(arguments: [nil, 2])
  func mistakesInTheConfigurationAreNamedWithTheCure(ranks: Int?) async throws {
    let scene = try RunScene()
    let cases: [(override: String, words: [String])] = [
      ("training.step=3", ["training.step", "did you mean training.steps?"]),
      ("traning.steps=3", ["traning.steps", "did you mean training.steps?"]),
      ("training.steps=ten", ["training.steps", "found ten", "whole number"]),
      ("training.micro_batch=5", ["training.micro_batch", "found 5", "divisor"]),
      ("regularizer.fraction=0.03", ["regularizer.fraction", "found 0.03", "one example"]),
      ("regularizer.every=0", ["regularizer.every", "found 0", "at least 1"]),
      ("sde.sigma_min=90", ["sde.sigma_min", "found 90", "below sde.sigma_max"]),
      ("dataset.size=17", ["dataset.size", "found 17", "multiple of 2"]),
      ("training.global_batch=1000", ["40 examples", "training.global_batch = 1000"]),
    ]
    for (override, words) in cases {
      let outcome = try await scene.program.run(scene.train("run", [override]), ranks: ranks)
      #expect(outcome.code == 2, "\(override): \(outcome.errors)")
      expectOneLine(outcome, with: words)
    }
    #expect(!FileManager.default.fileExists(atPath: scene.folder.appending(path: "run").path))
  }

  @Test func batchesThatRanksCannotShareAreRefused() async throws {
    let scene = try RunScene()
    let odd = try await scene.program.run(
      scene.train("run", ["training.global_batch=7"]), ranks: 2)
    #expect(odd.code == 2)
    expectOneLine(odd, with: ["training.global_batch", "found 7", "multiple", "2"])
    let few = try await scene.program.run(
      scene.train("run", ["training.global_batch=2"]), ranks: 3)
    #expect(few.code == 2)
    expectOneLine(few, with: ["training.global_batch", "2 for 3 ranks"])
  }

  @Test(arguments: [nil, 2])
  func missingAndTruncatedDataAreNamed(ranks: Int?) async throws {
    let scene = try RunScene()
    let missing = try await scene.program.run(
      scene.train("run", ["dataset.path=/nowhere"]), ranks: ranks)
    #expect(missing.code == 3)
    expectOneLine(missing, with: ["/nowhere/train-images-idx3-ubyte", "does not exist"])

    let file = scene.folder.appending(path: "train-images-idx3-ubyte")
    let bytes = try Data(contentsOf: file)
    try bytes.dropLast(100).write(to: file)
    let truncated = try await scene.program.run(scene.train("run"), ranks: ranks)
    #expect(truncated.code == 3)
    expectOneLine(truncated, with: [file.path, "truncated", "\(bytes.count)"])
  }

  @Test func runFoldersOfOthersAndUnwritableOnesAreRefused() async throws {
    let scene = try RunScene()
    let first = try await scene.program.run(scene.train("run", ["training.steps=1"]))
    #expect(first.code == 0, "\(first.errors)")
    let other = try await scene.program.run(
      scene.train("run", ["seed=5", "model.width=32"]), ranks: 2)
    #expect(other.code == 2)
    expectOneLine(other, with: ["seed: 1 -> 5", "model.width: 16 -> 32", "--fresh"])
    let fresh = try await scene.program.run(
      scene.train("run", ["seed=5", "training.steps=1"], options: ["--fresh"]), ranks: 2)
    #expect(fresh.code == 0 && fresh.output.contains("run.old-1"))
    #expect(scene.checkpoints("run.old-1") == ["step-000000001"])

    for ranks in [nil, 2] {
      let unwritable = try await scene.program.run(
        ["train", scene.configuration, "--run", "/dev/null/run"], ranks: ranks)
      #expect(unwritable.code == 3)
      expectOneLine(unwritable, with: ["/dev/null/run", "Not a directory"])
    }
  }

  @Test func runsWithoutAnIntactCheckpointAreNotOverwritten() async throws {
    let scene = try RunScene()
    let first = try await scene.program.run(scene.train("run", ["training.steps=1"]))
    #expect(first.code == 0, "\(first.errors)")
    let manifest = scene.folder.appending(path: "run/checkpoints/step-000000001/manifest.json")
    try Data("{".utf8).write(to: manifest)
    let outcome = try await scene.program.run(scene.train("run", ["training.steps=2"]), ranks: 2)
    #expect(outcome.code == 3)
    expectOneLine(outcome, with: ["checkpoints", "at least one intact checkpoint"])
    #expect(scene.checkpoints("run") == ["step-000000001"])
  }

  @Test func failuresOfOneRankNameIt() async throws {
    let scene = try RunScene()
    let folders = try ["left", "right"].map { name -> URL in
      let folder = scene.folder.appending(path: name)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      return folder
    }
    // A relative path stands for another folder on each rank.
    let unshared = try await scene.program.run(
      ["train", scene.configuration, "--run", "run"], folders: folders)
    #expect(unshared.code == 2)
    expectOneLine(unshared, with: ["not a shared folder", "rank 1 of 2"])

    let data = "train-images-idx3-ubyte"
    try FileManager.default.copyItem(
      at: scene.folder.appending(path: data), to: folders[0].appending(path: data))
    let blind = try await scene.program.run(
      scene.train("shared", ["dataset.path=."]), folders: folders)
    #expect(blind.code == 3)
    expectOneLine(blind, with: ["rank 1 of 2: ", data, "does not exist"])
  }

  @Test func divergenceEndsWithStepAndTerms() async throws {
    let scene = try RunScene()
    let outcome = try await scene.program.run(
      scene.train(
        "run",
        [
          "optimizer.learning_rate=1e30", "optimizer.warmup_steps=0",
          "training.nonfinite_limit=3",
        ]), ranks: 2)
    #expect(outcome.code == 4)
    expectOneLine(outcome, with: ["step ", "dsm", "not finite", "3 steps in a row"])
    let skipped = try scene.events("run", kind: "step").filter { $0["skipped"] != nil }
    #expect(skipped.count == 3)
  }

  private func expectOneLine(
    _ outcome: HelmholtzProgram.Outcome, with words: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.messages.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    for word in words {
      #expect(
        outcome.messages.first?.contains(word) == true, "\(word): \(outcome.messages)",
        sourceLocation: sourceLocation)
    }
  }
}
