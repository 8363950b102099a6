import Foundation
import TestSupport
import Testing

/// Runs that hang are ended with the rank named; runs that are slow for good reasons are not.
@Suite(.serialized) struct WatchdogTests {
  private static let endless = [
    "training.steps=1000000", "training.checkpoint_every=1000000", "training.log_every=1",
  ]

  @Test(arguments: [2, 0]) func stoppedRankIsNamedAndTheJobEnds(stopped: Int) async throws {
    let scene = try RunScene()
    let events = scene.folder.appending(path: "run/events.jsonl")
    let arguments = scene.train("run", Self.endless + ["watchdog.step_seconds=3"])
    let outcome = try await scene.program.run(arguments, ranks: 3) { launcher in
      try await waitUntil {
        (try? String(contentsOf: events, encoding: .utf8).contains("\"kind\":\"step\"")) ?? false
      }
      let victim = try process(ofRank: stopped, below: launcher)
      kill(try #require(victim), SIGSTOP)
    }
    #expect(outcome.code == 5, "\(outcome.errors)")
    #expect(outcome.messages.count == 1, "\(outcome.errors)")
    let message = try #require(outcome.messages.first)
    #expect(message.contains("helmholtz: watchdog: step "), "\(message)")
    #expect(message.contains("rank \(stopped) of 3 on "), "\(message)")
    #expect(message.contains("has written nothing (stopped or unreachable)"), "\(message)")
    let names = try FileManager.default.contentsOfDirectory(
      atPath: scene.folder.appending(path: "run/watchdog").path)
    let alive = [0, 1, 2].filter { $0 != stopped }
    #expect(names.sorted() == alive.map { "rank-0000\($0).json" })

    // What is left is a run that goes on.
    let again = try await scene.program.run(scene.train("run", ["training.steps=3"]), ranks: 2)
    #expect(again.code == 0, "\(again.errors)")
  }

  @Test func slowStorageIsNoHang() async throws {
    let scene = try RunScene()
    let library = try SlowStorage(in: scene.folder, seconds: 4)
    let settings = [
      "training.steps=20", "training.checkpoint_every=10", "watchdog.step_seconds=2",
    ]
    let patient = try await scene.program.run(
      scene.train("run", settings), ranks: 2, environment: library.environment)
    #expect(patient.code == 0, "\(patient.errors)")
    #expect(scene.checkpoints("run") == ["step-000000010", "step-000000020"])
    let saves = try scene.events("run", kind: "checkpoint").compactMap { $0["seconds"] as? Double }
    #expect(saves.allSatisfy { $0 > 4 }, "the storage was not slow: \(saves)")
    #expect(!FileManager.default.fileExists(atPath: watchdogFolder(scene, "run")))

    let impatient = try await scene.program.run(
      scene.train("other", settings + ["watchdog.checkpoint_seconds=1"]), ranks: 2,
      environment: library.environment)
    #expect(impatient.code == 5, "\(impatient.errors)")
    #expect(impatient.messages.count == 1, "\(impatient.errors)")
    #expect(
      impatient.messages.first?.contains("watchdog: the checkpoint after step ") == true,
      "\(impatient.errors)")
  }

  @Test(arguments: [1, 3]) func runsWithSmallLimitsEndInOrder(ranks: Int) async throws {
    let scene = try RunScene()
    let run = scene.folder.appending(path: "run").path
    let outcome = try await scene.program.run(
      ["train", "toy-8gaussians-qc", "--run", run]
        + [
          "training.steps=300", "training.global_batch=24", "dataset.points=500",
          "training.checkpoint_every=20", "training.sample_every=100", "sampling.count=4",
          "sampling.steps=2", "training.evaluate_every=100", "evaluation.levels=1",
          "evaluation.examples=6", "watchdog.start_seconds=60", "watchdog.step_seconds=15",
          "watchdog.checkpoint_seconds=30", "watchdog.evaluation_seconds=60",
        ].flatMap { ["--set", $0] }, ranks: ranks)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(!FileManager.default.fileExists(atPath: watchdogFolder(scene, "run")))
  }

  @Test func limitsMayChangeWhenARunContinues() async throws {
    let scene = try RunScene()
    let first = try await scene.program.run(scene.train("run", ["training.steps=1"]))
    #expect(first.code == 0, "\(first.errors)")
    let second = try await scene.program.run(
      scene.train(
        "run",
        [
          "training.steps=2", "watchdog.start_seconds=0", "watchdog.step_seconds=0",
          "watchdog.checkpoint_seconds=77", "watchdog.evaluation_seconds=0.5",
        ]))
    #expect(second.code == 0, "\(second.errors)")
  }

  private func watchdogFolder(_ scene: RunScene, _ run: String) -> String {
    scene.folder.appending(path: run).appending(path: "watchdog").path
  }
}

/// A library that makes the system's flush of checkpoints slow, loaded before the others.
private struct SlowStorage {
  let environment: [String: String]

  init(in folder: URL, seconds: Int) throws {
    environment = try preloaded(
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <stdio.h>
      #include <string.h>
      #include <unistd.h>

      int fsync(int file) {
        char link[64], path[4096] = {0};
        snprintf(link, sizeof link, "/proc/self/fd/%d", file);
        if (readlink(link, path, sizeof path - 1) > 0 && strstr(path, ".safetensors"))
          sleep(\(seconds));
        return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(file);
      }
      """, in: folder)
  }
}

/// The process of a rank that a launcher on this machine has started.
private func process(ofRank rank: Int, below launcher: pid_t) throws -> pid_t? {
  let names = try FileManager.default.contentsOfDirectory(atPath: "/proc")
  return names.lazy.compactMap { pid_t($0) }.first { process in
    let status = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
    // The name in brackets may have spaces; state and parent follow it.
    let fields = status.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 1, pid_t(fields[1]) == launcher else { return false }
    let environment =
      (try? String(contentsOfFile: "/proc/\(process)/environ", encoding: .utf8)) ?? ""
    return environment.split(separator: "\0").contains("OMPI_COMM_WORLD_RANK=\(rank)")
  }
}
