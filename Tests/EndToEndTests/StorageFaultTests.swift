import Foundation
import TestSupport
import Testing

/// What happens to a run when its storage fails, is damaged, or is claimed by two sessions.
@Suite(.serialized) struct StorageFaultTests {
  /// Training of a network of 8 MB of state.
  private static func train(_ run: URL, _ overrides: [String]) -> [String] {
    let settings =
      [
        "model.width=512", "model.hidden_layers=3", "training.global_batch=24",
        "training.sample_every=0", "training.log_every=1",
      ] + overrides
    return ["train", "toy-mixture-dsm", "--run", run.path] + settings.flatMap { ["--set", $0] }
  }

  private static func steps(in run: URL) -> [String] {
    let store = run.appending(path: "checkpoints")
    return ((try? FileManager.default.contentsOfDirectory(atPath: store.path)) ?? []).sorted()
  }

  @Test(.enabled(if: SmallFileSystem.isAllowed, "only root may mount a small file system"))
  func fullDiskEndsTheRunAndKeepsOlderCheckpoints() async throws {
    let program = try HelmholtzProgram()
    let disk = try SmallFileSystem(megabytes: 20)
    let run = disk.url.appending(path: "run")
    let rhythm = ["training.checkpoint_every=2", "checkpoint.keep_last=10"]
    let full = try await program.run(Self.train(run, rhythm + ["training.steps=20"]), ranks: 2)
    #expect(full.code == 3, "\(full.errors)")
    #expect(full.messages.count == 1)
    let message = try #require(full.messages.first)
    #expect(message.contains("cannot write \(run.path)/checkpoints/step-000000006.partial/shard-"))
    #expect(message.contains("No space left on device"))
    #expect(Self.steps(in: run) == ["step-000000002", "step-000000004"])
    let verified = try await program.run(["checkpoint", "verify", run.path])
    #expect(verified.code == 0, "\(verified.output)")

    // With room for one more at a time, the same run goes on.
    let again = try await program.run(
      Self.train(
        run, ["training.checkpoint_every=100", "checkpoint.keep_last=1", "training.steps=4"]))
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.output.contains("continuing from step 4"))
  }

  @Test(.enabled(if: SmallFileSystem.isAllowed, "only root may mount a small file system"))
  func fullDiskIsWaitedOutIfTheRunIsToldTo() async throws {
    let program = try HelmholtzProgram()
    let disk = try SmallFileSystem(megabytes: 20)
    let run = disk.url.appending(path: "run")
    let other = try disk.fill(megabytes: 10)
    let events = run.appending(path: "events.jsonl")
    let arguments = Self.train(
      run,
      [
        "training.checkpoint_every=4", "checkpoint.keep_last=1", "training.steps=1000000",
        "checkpoint.on_error=continue",
      ])
    let outcome = try await program.run(arguments) { process in
      // The first checkpoint fits, the second does not, and steps go on.
      try await waitUntil { isStep(16, in: events) }
      #expect(Self.steps(in: run).contains("step-000000004"))
      try FileManager.default.removeItem(at: other)
      try await waitUntil {
        Self.steps(in: run).contains { $0.count == 14 && $0 > "step-000000016" }
      }
      kill(process, SIGTERM)
    }
    #expect(outcome.code == 75, "\(outcome.errors)")
    let warning = try #require(
      outcome.errors.split(separator: "\n").first { $0.contains("checkpoint not saved") })
    #expect(warning.hasPrefix("warning: checkpoint not saved: rank 0 of 1: cannot write "))
    #expect(warning.hasSuffix("No space left on device; training goes on"))
    #expect(Self.steps(in: run).count == 1, "the rest of retention and failure is cleared away")
    let verified = try await program.run(["checkpoint", "verify", run.path])
    #expect(verified.code == 0, "\(verified.output)")
  }

  @Test(.enabled(if: SmallFileSystem.isAllowed, "only root may mount a small file system"))
  func lastCheckpointMustSucceedEvenIfTheRunIsToldToGoOn() async throws {
    let program = try HelmholtzProgram()
    let disk = try SmallFileSystem(megabytes: 20)
    let run = disk.url.appending(path: "run")
    _ = try disk.fill(megabytes: 10)
    let outcome = try await program.run(
      Self.train(
        run,
        ["training.checkpoint_every=2", "training.steps=5", "checkpoint.on_error=continue"]))
    #expect(outcome.code == 3)
    #expect(outcome.messages.count == 1 && outcome.messages[0].contains("step-000000005.partial"))
    #expect(Self.steps(in: run) == ["step-000000002"])
  }

  @Test func swappedAndForeignShardsArePassedOver() async throws {
    let scene = try RunScene()
    let first = try await scene.program.run(
      scene.train("run", ["training.steps=6", "training.checkpoint_every=2"]), ranks: 2)
    #expect(first.code == 0, "\(first.errors)")
    let store = scene.folder.appending(path: "run/checkpoints")
    func shard(_ rank: Int, ofStep step: Int) -> URL {
      store.appending(path: "step-00000000\(step)/shard-0000\(rank)-of-00002.safetensors")
    }
    let (left, right) = (shard(0, ofStep: 6), shard(1, ofStep: 6))
    let contents = try (Data(contentsOf: left), Data(contentsOf: right))
    try contents.1.write(to: left)
    try contents.0.write(to: right)
    try Data(contentsOf: shard(1, ofStep: 2)).write(to: shard(1, ofStep: 4))

    let again = try await scene.program.run(scene.train("run", ["training.steps=7"]), ranks: 2)
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.errors.contains("warning: checkpoint of step 6 is skipped"))
    #expect(
      again.errors.contains("step-000000004/shard-00001-of-00002.safetensors is damaged"))
    #expect(again.output.contains("continuing from step 2"))
  }

  @Test func sessionThatWasTakenOverWritesNoMore() async throws {
    let scene = try RunScene()
    let program = scene.program
    let run = scene.folder.appending(path: "run")
    let events = run.appending(path: "events.jsonl")
    let command = scene.train("run", ["training.checkpoint_every=5", "training.log_every=1"])
    let earlier = try await program.run(command + ["--set", "training.steps=100000"]) { process in
      try await waitUntil { isStep(6, in: events) }
      kill(process, SIGSTOP)
      let newest = try #require(Self.steps(in: run).last { $0.count == 14 })
      let end = try #require(Int(newest.dropFirst(5))) + 2
      let newer = try await program.run(
        command + ["--set", "training.steps=\(end)"], ranks: 2)
      #expect(newer.code == 0, "\(newer.errors)")
      kill(process, SIGCONT)
    }
    #expect(earlier.code == 5, "\(earlier.errors)")
    #expect(earlier.messages.count == 1, "\(earlier.errors)")
    #expect(
      earlier.messages.first?.hasPrefix("helmholtz: another session has taken over this run: ")
        ?? false)
    let last = try #require(try scene.events("run", kind: "finished").last?["step"] as? Int)
    #expect(scene.checkpoints("run").last == "step-0000000\(last)")
    let verified = try await program.run(["checkpoint", "verify", run.path])
    #expect(verified.code == 0, "\(verified.output)")
  }
}

/// Whether the events have got to a step.
private func isStep(_ step: Int, in events: URL) -> Bool {
  let text = (try? String(contentsOf: events, encoding: .utf8)) ?? ""
  return text.contains("{\"kind\":\"step\",\"step\":\(step),")
}
