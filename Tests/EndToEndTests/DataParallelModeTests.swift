import Foundation
import TestSupport
import Testing

/// Sharded and local steps through checkpoints, samples and evaluations of whole runs.
@Suite(.serialized) struct DataParallelModeTests {
  private static let shards = (0..<2).map { "shard-0000\($0)-of-00002.safetensors" }
  private static let sharded = ["data_parallel.mode=sharded"]
  private static let local = ["data_parallel.local_steps=5"]
  private static let rhythm = [
    "training.checkpoint_every=10", "training.evaluate_every=20", "evaluation.levels=2",
    "evaluation.examples=8", "training.sample_every=20", "sampling.count=2", "sampling.steps=2",
    "training.log_every=1",
  ]

  private func train(
    _ scene: RunScene, _ run: String, _ overrides: [String] = [], steps: Int = 20, ranks: Int = 2
  ) async throws -> HelmholtzProgram.Outcome {
    let outcome = try await scene.program.run(
      scene.train(run, Self.rhythm + ["training.steps=\(steps)"] + overrides), ranks: ranks)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return outcome
  }

  private func expectSameShards(_ scene: RunScene, _ left: String, _ right: String) throws {
    for shard in Self.shards {
      let areEqual =
        try scene.content(left, step: 20, shard) == scene.content(right, step: 20, shard)
      #expect(areEqual, "\(shard) of \(left) and \(right)")
    }
  }

  private func expectSameSeries(_ scene: RunScene, _ left: String, _ right: String) throws {
    for key in ["loss", "gradient_norm"] {
      let difference = largestDifference(
        try scene.series(left, key), try scene.series(right, key))
      #expect(difference < 1e-4, "\(key) of \(left) and \(right)")
    }
  }

  private func stateBytes(_ scene: RunScene, _ run: String) throws -> Double {
    Double(try #require(scene.events(run, kind: "run").first?["state_bytes"] as? Int))
  }

  private func evaluated(_ scene: RunScene, _ run: String, _ key: String) throws -> Double {
    try #require(scene.events(run, kind: "evaluation").last?[key] as? Double)
  }

  @Test func shardedRunsContinueBitForBitAndInEitherModeOnAnyRanks() async throws {
    let scene = try RunScene()
    try scene.addTestImages()
    _ = try await train(scene, "whole")
    _ = try await train(scene, "sharded", Self.sharded)
    _ = try await train(scene, "run", Self.sharded, steps: 10)
    for copy in ["whole-on-3", "sharded-on-3", "sharded-on-1"] { try scene.copy("run", to: copy) }
    _ = try await train(scene, "run", Self.sharded)
    try expectSameShards(scene, "run", "sharded")
    try expectSameSeries(scene, "sharded", "whole")

    _ = try await train(scene, "whole-on-3", ranks: 3)
    _ = try await train(scene, "sharded-on-3", Self.sharded, ranks: 3)
    _ = try await train(scene, "sharded-on-1", Self.sharded, ranks: 1)
    _ = try await train(scene, "back", steps: 10, ranks: 3)
    _ = try await train(scene, "back", Self.sharded)
    for run in ["whole-on-3", "sharded-on-3", "sharded-on-1", "back"] {
      try expectSameSeries(scene, "whole", run)
    }
    for run in ["sharded", "whole-on-3", "sharded-on-3", "back"] {
      for key in ["dsm", "nasym"] {
        let found = try evaluated(scene, run, key)
        let expected = try evaluated(scene, "whole", key)
        #expect(abs(found - expected) < 1e-3 * expected, "\(key) of \(run)")
      }
      #expect(try scene.events(run, kind: "sample").count == 1)
    }
    let (whole, shared) = (try stateBytes(scene, "whole"), try stateBytes(scene, "sharded"))
    // Of 5 buffers 3 are halved.
    let ratio: Double = shared / whole
    #expect(abs(ratio - 0.7) < 0.01)
  }

  @Test func roundsEndBeforeAnythingIsSavedAndContinueBitForBit() async throws {
    let scene = try RunScene()
    try scene.addTestImages()
    let late = Self.local + ["training.checkpoint_every=7", "checkpoint.keep_last=9"]
    _ = try await train(scene, "unbroken", late)
    let sent = try scene.series("unbroken", "exchanged_bytes")
    #expect(Set(sent.filter { $0.value > 0 }.keys) == [5, 10, 15, 20])
    #expect(Set(sent.keys) == Set(1...20))
    #expect(
      scene.checkpoints("unbroken") == ["step-000000010", "step-000000015", "step-000000020"])
    let half = try await train(scene, "run", late, steps: 10)
    #expect(!half.errors.contains("outer.momentum"))
    for copy in ["whole", "sharded"] { try scene.copy("run", to: copy) }
    _ = try await train(scene, "run", late)
    try expectSameShards(scene, "run", "unbroken")
    _ = try await train(scene, "whole")
    _ = try await train(scene, "sharded", Self.sharded, ranks: 3)
    try expectSameSeries(scene, "whole", "sharded")

    _ = try await train(scene, "begun", steps: 10)
    let joined = try await train(scene, "begun", Self.local)
    #expect(joined.errors.contains("no outer.momentum, which starts at 0"))
    #expect(try scene.events("begun", kind: "run").last?["local_steps"] as? Int == 5)
  }

  @Test func aSignalStopsAtTheEndOfARound() async throws {
    let scene = try RunScene()
    let events = scene.folder.appending(path: "run/events.jsonl")
    let arguments = scene.train(
      "run",
      ["data_parallel.local_steps=7", "training.steps=100000", "training.checkpoint_every=99999"])
    let stopped = try await scene.program.run(arguments, ranks: 2) { _ in
      try await waitUntil {
        (try? String(contentsOf: events, encoding: .utf8).contains("\"kind\":\"step\"")) ?? false
      }
      kill(try processOfRankZero(in: events), SIGUSR1)
    }
    #expect(stopped.code == 75)
    let step = try #require(try scene.events("run", kind: "stopped").last?["step"] as? Int)
    #expect(step > 0 && step.isMultiple(of: 7))
    #expect(scene.checkpoints("run").count == 1)
  }

  @Test func shardedLocalStepsAreRefused() async throws {
    let scene = try RunScene()
    let outcome = try await scene.program.run(
      scene.train("run", Self.sharded + Self.local), ranks: 2)
    #expect(outcome.code == 2 && outcome.messages.count == 1)
    #expect(outcome.errors.contains("data_parallel.local_steps: found 5, expected 1, since"))
  }
}
