import Foundation
import TestSupport
import Testing

/// A run that was interrupted goes on as if it had not been.
@Suite(.serialized) struct ResumeTests {
  private static let shards = (0..<2).map { "shard-0000\($0)-of-00002.safetensors" }

  @Test func stoppedRunEqualsTheUnbrokenOneBitForBitAndContinuesOnOtherRanks() async throws {
    let scene = try RunScene()
    let unbroken = try await scene.program.run(scene.train("unbroken"), ranks: 2)
    #expect(unbroken.code == 0, "\(unbroken.errors)")
    let half = try await scene.program.run(scene.train("run", ["training.steps=30"]), ranks: 2)
    #expect(half.code == 0, "\(half.errors)")
    try scene.copy("run", to: "on-1")
    try scene.copy("run", to: "on-3")

    let whole = try await scene.program.run(scene.train("run"), ranks: 2)
    #expect(whole.code == 0 && whole.output.contains("continuing from step 30"))
    for shard in Self.shards {
      let (left, right) = (
        try scene.content("unbroken", step: 60, shard), try scene.content("run", step: 60, shard)
      )
      // Not in the expectation, which would look for the shortest list of changes of megabytes.
      let areEqual = left == right
      #expect(areEqual, "\(shard)")
    }
    for ranks in [1, 3] {
      // With 3 ranks the 12 examples of a step are also split over 2 replicas of each.
      let replicas = ranks == 3 ? 2 : 1
      let outcome = try await scene.program.run(
        scene.train("on-\(ranks)", ["numerics.replicas=\(replicas)"]), ranks: ranks)
      #expect(outcome.code == 0, "\(outcome.errors)")
      for key in ["loss", "regularizer"] {
        let difference = largestDifference(
          try scene.series("unbroken", key), try scene.series("on-\(ranks)", key))
        #expect(difference < 1e-4, "\(key) on \(ranks) ranks")
      }
    }
  }

  @Test func penaltyOfSomeStepsContinuesBitForBitAndOnTheSameSteps() async throws {
    let scene = try RunScene()
    let lazy = ["regularizer.every=3", "training.checkpoint_every=100"]
    func train(_ run: String, steps: Int, ranks: Int = 2) async throws {
      let outcome = try await scene.program.run(
        scene.train(run, lazy + ["training.steps=\(steps)"]), ranks: ranks)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    try await train("unbroken", steps: 11)
    try await train("run", steps: 7)
    try scene.copy("run", to: "on-1")
    try await train("run", steps: 11)
    for shard in Self.shards {
      let (left, right) = (
        try scene.content("unbroken", step: 11, shard), try scene.content("run", step: 11, shard)
      )
      #expect(left == right, "\(shard)")
    }
    try await train("on-1", steps: 11, ranks: 1)
    for key in ["loss", "regularizer"] {
      let difference = largestDifference(
        try scene.series("unbroken", key), try scene.series("on-1", key))
      #expect(difference < 1e-4, "\(key)")
    }
    let steps = try scene.events("run", kind: "step")
    #expect(steps.count == 11)
    for event in steps {
      let isDue = [3, 6, 9].contains(event["step"] as? Int)
      #expect(isDue ? event["regularizer"] is Double : event["regularizer"] is NSNull)
      if !isDue { #expect(event["loss"] as? Double == event["dsm"] as? Double) }
    }
  }

  @Test func killedRunContinuesFromItsNewestCheckpoint() async throws {
    let scene = try RunScene()
    let rhythm = ["training.checkpoint_every=10", "training.log_every=1"]
    let arguments = scene.train("run", rhythm + ["training.steps=100000"])
    let checkpoint = scene.folder.appending(path: "run/checkpoints/step-000000020")
    let events = scene.folder.appending(path: "run/events.jsonl")
    let killed = try await scene.program.run(arguments, ranks: 2) { _ in
      try await waitUntil { FileManager.default.fileExists(atPath: checkpoint.path) }
      kill(try processOfRankZero(in: events), SIGKILL)
    }
    #expect(killed.code != 0 && killed.code != 75)
    let newest = try #require(scene.checkpoints("run").last { !$0.contains("partial") })
    let step = try #require(Int(newest.dropFirst(5)))
    #expect(step >= 20)

    let end = step + 5
    let again = try await scene.program.run(
      scene.train("run", rhythm + ["training.steps=\(end)"]), ranks: 2)
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.output.contains("continuing from step \(step)"))
    #expect(try Set(scene.series("run", "loss").keys) == Set(1...end))
  }

  @Test(arguments: [SIGUSR1, SIGTERM])
  func signalsSaveAndEndWithTheCodeForStartAgain(signal: Int32) async throws {
    let scene = try RunScene()
    let arguments = scene.train(
      "run", ["training.steps=100000", "training.checkpoint_every=99999"])
    let events = scene.folder.appending(path: "run/events.jsonl")
    let stopped = try await scene.program.run(arguments, ranks: 2) { _ in
      try await waitUntil {
        (try? String(contentsOf: events, encoding: .utf8).contains("\"kind\":\"step\"")) ?? false
      }
      kill(try processOfRankZero(in: events), signal)
    }
    #expect(stopped.code == 75)
    let event = try #require(try scene.events("run", kind: "stopped").last)
    let step = try #require(event["step"] as? Int)
    #expect(scene.checkpoints("run").count == 1)

    let again = try await scene.program.run(
      scene.train("run", ["training.steps=\(step + 2)"]), ranks: 2)
    #expect(again.code == 0 && again.output.contains("continuing from step \(step)"))
  }

  @Test func damagedNewestCheckpointIsReportedAndTheOneBeforeUsed() async throws {
    let scene = try RunScene()
    let first = try await scene.program.run(
      scene.train("run", ["training.steps=4", "training.checkpoint_every=2"]))
    #expect(first.code == 0, "\(first.errors)")
    let shard = scene.folder.appending(
      path: "run/checkpoints/step-000000004/shard-00000-of-00001.safetensors")
    var bytes = try Data(contentsOf: shard)
    bytes[bytes.count / 2] ^= 1
    try bytes.write(to: shard)
    let again = try await scene.program.run(scene.train("run", ["training.steps=5"]))
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.errors.contains("warning: checkpoint of step 4 is skipped"))
    #expect(again.output.contains("continuing from step 2"))
    #expect(try Set(scene.series("run", "loss").keys) == Set(1...5))
  }

  @Test func timeLimitSavesAndEndsInOrder() async throws {
    let scene = try RunScene()
    let outcome = try await scene.program.run(
      scene.train("run", ["training.steps=100000", "training.max_minutes=0.005"]))
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try scene.events("run", kind: "finished").last?["outcome"] as? String == "time_up")
    #expect(scene.checkpoints("run").count >= 1)
  }
}

/// The process number that rank 0 wrote into its log.
func processOfRankZero(in events: URL) throws -> pid_t {
  struct Line: Decodable {
    let kind: String
    let process: pid_t?
  }
  let lines = try String(contentsOf: events, encoding: .utf8).split(separator: "\n")
  let processes = try lines.compactMap {
    try JSONDecoder().decode(Line.self, from: Data($0.utf8)).process
  }
  return try #require(processes.last)
}
