import Foundation
import TestSupport
import Testing

/// Ranks that would take more memory than their host or their batch system leaves are found before
/// the run.
@Suite(.serialized) struct PreflightMemoryTests {
  // All points of a rank in one micro-batch take some 30 KB each.
  private func arguments(_ command: String, points: Int) -> [String] {
    [command, "toy-8gaussians-qc"]
      + [
        "dataset.points=\(points)", "training.global_batch=\(points)",
        "training.micro_batch=\(points / 2)",
      ].flatMap { ["--set", $0] }
  }

  @Test func moreThanTheHostHasIsFound() async throws {
    let scene = try RunScene()
    let points = 4_000_000
    guard ProcessInfo.processInfo.physicalMemory < 40_000_000_000 else {
      return print("memory of a host: skipped: this machine has enough for \(points) points")
    }
    let checked = try await scene.program.run(arguments("preflight", points: points), ranks: 2)
    #expect(checked.code == 5, "\(checked.output) \(checked.errors)")
    let line = try problem(in: checked)
    #expect(line.contains("for 2 ranks, ") && line.hasSuffix(" available"), "\(line)")

    let run = scene.folder.appending(path: "run").path
    let trained = try await scene.program.run(
      arguments("train", points: points) + ["--run", run], ranks: 2)
    #expect(trained.code == 2, "\(trained.errors)")
    #expect(trained.messages.count == 1, "\(trained.errors)")
    let message = try #require(trained.messages.first)
    #expect(message.contains("training.micro_batch: 2000000 examples at once need "), "\(message)")
    #expect(message.contains(" of memory, the machine has "), "\(message)")
    #expect(scene.checkpoints("run").isEmpty)
  }

  @Test(arguments: [
    (
      "model: ",
      ["train", "fashion-mnist-qc", "--dry-run", "--set", "model.width=8192"]
    ),
    ("--batch: ", ["benchmark", "fmnist", "--batch", "1000000000"]),
  ])
  func whatAsksForTooMuchIsNamed(key: String, arguments: [String]) async throws {
    let outcome = try await RunScene().program.run(arguments)
    #expect(outcome.code == 2, "\(outcome.errors)")
    let message = try #require(outcome.messages.first)
    #expect(message.contains(key) && message.contains(" of memory, the machine has "))
  }

  @Test func modelsThatNoHostHoldsAreFound() async throws {
    let outcome = try await RunScene().program.run(
      ["preflight", "fashion-mnist-qc", "--set", "model.width=8192"])
    #expect(outcome.code == 2, "\(outcome.output) \(outcome.errors)")
    #expect(outcome.output.contains("model: state and gradients of "), "\(outcome.output)")
  }

  @Test func moreThanAControlGroupLeavesIsFound() async throws {
    let group = "/sys/fs/cgroup/memory/helmholtz-test-\(getpid())"
    guard mkdir(group, 0o755) == 0 else {
      return print("memory of a control group: skipped: none can be made here")
    }
    defer { rmdir(group) }
    try "\(3 << 30)".write(
      toFile: group + "/memory.limit_in_bytes", atomically: false, encoding: .utf8)
    let scene = try RunScene()
    let inside = ["sh", "-c", "echo $$ > \(group)/cgroup.procs && exec \"$@\"", "sh"]
    let command = inside + [scene.program.path] + arguments("preflight", points: 400_000)
    let outcome = try await scene.program.run(onEachRank: [command, command])
    #expect(outcome.code == 5, "\(outcome.output) \(outcome.errors)")
    let words = try problem(in: outcome).split(separator: " ").map(String.init)
    let index = try #require(words.firstIndex(of: "available"))
    // The ranks themselves have taken some of it.
    let available = try #require(Double(words[index - 2]))
    #expect(words[index - 1] == "GiB" && (2...3).contains(available), "\(words)")
  }

  /// The line below the check of memory.
  private func problem(in outcome: HelmholtzProgram.Outcome) throws -> String {
    let lines = outcome.output.split(separator: "\n").map(String.init)
    let index = try #require(
      lines.firstIndex { $0.hasPrefix("memory ") && $0.contains("FAILED") },
      "\(outcome.output) \(outcome.errors)")
    return try #require(lines.dropFirst(index + 1).first)
  }
}
