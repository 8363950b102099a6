import Foundation
import TestSupport
import Testing

/// Checks before a run find what would make it fail, and name the rank.
@Suite(.serialized) struct PreflightTests {
  private func preflight(
    _ scene: RunScene, _ overrides: [String] = [], run: String = "run", options: [String] = []
  ) -> [String] {
    ["preflight", scene.configuration, "--run", scene.folder.appending(path: run).path] + options
      + overrides.flatMap { ["--set", $0] }
  }

  /// The checks of a report by name.
  private func checks(_ file: URL) throws -> [String: [String: Any]] {
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    let checks = try #require(report["checks"] as? [[String: Any]])
    return Dictionary(uniqueKeysWithValues: checks.map { ($0["check"] as? String ?? "", $0) })
  }

  @Test(arguments: [nil, 1, 2, 4]) func goodHostsPassEveryCheck(ranks: Int?) async throws {
    let scene = try RunScene()
    let file = scene.folder.appending(path: "report.json")
    let outcome = try await scene.program.run(
      preflight(scene, options: ["--json", file.path]), ranks: ranks)
    #expect(outcome.code == 0, "\(outcome.output) \(outcome.errors)")
    let checks = try checks(file)
    #expect(checks.count == 13)
    // Warnings are for crowded machines, such as this one may be.
    for (name, check) in checks { #expect(check["verdict"] as? String != "failed", "\(name)") }
    for name in ["version", "configuration", "data", "run folder", "space"] {
      #expect(checks[name]?["verdict"] as? String == "ok", "\(name)")
    }
    let skipped = checks.filter { $0.value["verdict"] as? String == "skipped" }.keys.sorted()
    let alone = ["bandwidth", "clocks", "latency", "links"]
    #expect(skipped == ((ranks ?? 1) == 1 ? alone : []))
    let speeds = (checks["product"]?["measurements"] as? [String: [Double]])?["gflops"] ?? []
    #expect(speeds.count == ranks ?? 1 && speeds.allSatisfy { $0 > 0 })
    #expect(outcome.output.split(separator: "\n").count >= 13)
    // Nothing stays of what was tried.
    #expect(!FileManager.default.fileExists(atPath: scene.folder.appending(path: "run").path))
  }

  @Test func rankWithOtherSettingsIsNamed() async throws {
    let scene = try RunScene()
    let outcome = try await scene.program.run(onEachRank: [
      [scene.program.path] + preflight(scene),
      [scene.program.path] + preflight(scene, ["seed=5", "training.steps=61"]),
    ])
    #expect(outcome.code == 2, "\(outcome.output) \(outcome.errors)")
    let line = try problem(of: "configuration", in: outcome)
    #expect(line.contains("rank 1 of 2 on "))
    #expect(line.contains("seed: 1 -> 5, training.steps: 60 -> 61"))
    // The other checks are done all the same.
    #expect(outcome.output.contains("\nmemory "))
  }

  @Test func mistakesInTheSettingsOfOneRankAreNamed() async throws {
    let scene = try RunScene()
    let outcome = try await scene.program.run(onEachRank: [
      [scene.program.path] + preflight(scene, ["training.stepz=3"]),
      [scene.program.path] + preflight(scene),
    ])
    #expect(outcome.code == 2, "\(outcome.output) \(outcome.errors)")
    let line = try problem(of: "configuration", in: outcome)
    #expect(line.contains("rank 0 of 2 on ") && line.contains("did you mean training.steps?"))
    #expect(outcome.output.contains("\nmemory "))
  }

  @Test func batchesThatRanksCannotShareAreFound() async throws {
    let scene = try RunScene()
    let outcome = try await scene.program.run(
      preflight(scene, ["training.global_batch=7"]), ranks: 2)
    #expect(outcome.code == 2)
    #expect(try problem(of: "configuration", in: outcome).contains("training.global_batch"))
  }

  @Test func rankWithOtherOrMissingDataIsNamed() async throws {
    let scene = try RunScene()
    let name = "train-images-idx3-ubyte"
    let copy = scene.folder.appending(path: "copy")
    try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
    var bytes = try Data(contentsOf: scene.folder.appending(path: name))
    bytes[bytes.count - 100] ^= 1
    try bytes.write(to: copy.appending(path: name))
    let other = ["dataset.path=\(copy.path)"]
    let missing = ["dataset.path=/nowhere"]
    for (overrides, words) in [(other, "40 examples, checksum"), (missing, "does not exist")] {
      let outcome = try await scene.program.run(onEachRank: [
        [scene.program.path] + preflight(scene),
        [scene.program.path] + preflight(scene, overrides),
      ])
      let line = try problem(of: "data", in: outcome)
      #expect(line.contains("rank 1 of 2 on ") && line.contains(words), "\(line)")
    }
  }

  @Test func dataThatDifferBelowTheSamePathHaveTheirCode() async throws {
    let scene = try RunScene()
    let name = "train-images-idx3-ubyte"
    let folders = try ["left", "right"].map { side -> URL in
      let folder = scene.folder.appending(path: side)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      var bytes = try Data(contentsOf: scene.folder.appending(path: name))
      if side == "right" { bytes[bytes.count - 100] ^= 1 }
      try bytes.write(to: folder.appending(path: name))
      return folder
    }
    let outcome = try await scene.program.run(
      preflight(scene, ["dataset.path=."]), folders: folders)
    #expect(outcome.code == 3, "\(outcome.output) \(outcome.errors)")
    #expect(try problem(of: "data", in: outcome).contains("rank 1 of 2 on "))
  }

  @Test func runFolderThatIsNotSharedIsFound() async throws {
    let scene = try RunScene()
    let outcome = try await scene.program.run(onEachRank: [
      [scene.program.path] + preflight(scene, run: "left"),
      [scene.program.path] + preflight(scene, run: "right"),
    ])
    #expect(outcome.code == 2, "\(outcome.output) \(outcome.errors)")
    let line = try problem(of: "run folder", in: outcome)
    #expect(line.contains("not a shared folder") && line.contains("rank 1 of 2 on "), "\(line)")
    let unwritable = try await scene.program.run(
      ["preflight", scene.configuration, "--run", "/dev/null/run"], ranks: 2)
    #expect(unwritable.code == 3)
    #expect(try problem(of: "run folder", in: unwritable).contains("Not a directory"))
  }

  @Test func tooLittleSpaceIsFound() async throws {
    let scene = try RunScene()
    let small = scene.folder.appending(path: "small")
    try FileManager.default.createDirectory(at: small, withIntermediateDirectories: true)
    guard geteuid() == 0, runs("mount", ["-t", "tmpfs", "-o", "size=256k", "none", small.path])
    else { return print("too little space: skipped: no tmpfs can be mounted here") }
    defer { _ = runs("umount", [small.path]) }
    let outcome = try await scene.program.run(preflight(scene, run: "small/run"), ranks: 2)
    #expect(outcome.code == 3, "\(outcome.output) \(outcome.errors)")
    let line = try problem(of: "space", in: outcome)
    #expect(line.contains("MiB are free") && line.contains("checkpoint.keep_last"), "\(line)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: small.path).isEmpty)
  }

  @Test func ranksOnOneCoreAreAWarning() async throws {
    let scene = try RunScene()
    let bound = ["taskset", "-c", "0", scene.program.path]
    for (options, code) in [([], 0), (["--strict"], 5)] as [([String], Int32)] {
      let command = bound + preflight(scene, options: options)
      let outcome = try await scene.program.run(onEachRank: [command, command])
      #expect(outcome.code == code, "\(outcome.output) \(outcome.errors)")
      let line = try problem(of: "cores", in: outcome)
      #expect(line.contains("ranks 0, 1 of 2 on ") && line.contains("2 threads on core 0"))
    }
  }

  @Test func theRunOfOtherSettingsIsFound() async throws {
    let scene = try RunScene()
    let first = try await scene.program.run(scene.train("run", ["training.steps=1"]))
    #expect(first.code == 0, "\(first.errors)")
    let same = try await scene.program.run(preflight(scene), ranks: 2)
    #expect(same.code == 0, "\(same.output)")
    let other = try await scene.program.run(preflight(scene, ["seed=3"]), ranks: 2)
    #expect(other.code == 2)
    #expect(try problem(of: "configuration", in: other).contains("seed: 1 -> 3"))
    #expect(scene.checkpoints("run") == ["step-000000001"])
  }

  /// The lines below a check in the table.
  private func problem(
    of check: String, in outcome: HelmholtzProgram.Outcome
  ) throws -> String {
    let lines = outcome.output.split(separator: "\n").map(String.init)
    let index = try #require(
      lines.firstIndex { $0.hasPrefix(check + " ") }, "\(outcome.output) \(outcome.errors)")
    return lines[(index + 1)...].prefix { $0.hasPrefix("    ") }.joined(separator: "\n")
  }

  private func runs(_ name: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
