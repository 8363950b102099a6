import Foundation
import TestSupport
import Testing

/// `helmholtz plan` and `helmholtz overlap`.
@Suite(.serialized) struct PlanTests {
  private static let cluster = [
    "--hosts", "2", "--ranks-per-host", "2", "--bandwidth", "1", "--latency", "50",
  ]

  private func object(_ file: URL) throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    return try #require(json as? [String: Any])
  }

  @Test func measuresTwoRanksAndPredictsFour() async throws {
    let scene = try RunScene()
    let file = scene.folder.appending(path: "plan.json")
    let outcome = try await scene.program.run(
      ["plan", scene.configuration, "--steps", "2", "--json", file.path] + Self.cluster, ranks: 2)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("for 3 examples, measured on 2 ranks at once"))
    #expect(outcome.output.contains("memory of a host with 2 ranks"))
    let plan = try object(file)
    let step = try #require(plan["step"] as? [String: Any])
    #expect(step["ranks"] as? Int == 4 && step["global_batch"] as? Int == 12)
    let memory = try #require(plan["memory"] as? [String: Any])
    let (rank, host) = (memory["rank_bytes"] as? Int, memory["host_bytes"] as? Int)
    #expect(try #require(host) == 2 * #require(rank))
    let series = try #require(plan["series"] as? [[String: Any]])
    #expect(series.map { $0["scaling"] as? String } == ["weak", "strong"])
    for rows in series.compactMap({ $0["steps"] as? [[String: Any]] }) {
      #expect(rows.map { $0["ranks"] as? Int } == [1, 2, 4])
      for row in rows {
        func number(_ key: String) throws -> Double { try #require(row[key] as? Double) }
        #expect(try abs(number("step_s") - number("compute_s") - number("exposed_s")) < 1e-9)
        #expect(try number("hidden_s") >= 0 && number("efficiency") > 0)
      }
    }
  }

  @Test func aGivenStepIsScaledToTheBatch() async throws {
    let scene = try RunScene()
    let file = scene.folder.appending(path: "plan.json")
    let line = scene.folder.appending(path: "line.json")
    try #"{"world":1,"step_s":1.5,"batch_per_rank":6}"#
      .write(to: line, atomically: true, encoding: .utf8)
    for figure in [["--step-seconds", "0.75"], ["--benchmark", line.path]] {
      let outcome = try await scene.program.run(
        ["plan", scene.configuration, "--json", file.path] + figure + Self.cluster)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let step = try #require(try object(file)["step"] as? [String: Any])
      let seconds = try #require(step["compute_s"] as? Double)
      #expect(abs(seconds - 0.75) < 1e-9)
    }
  }

  @Test func mistakesAreUsageErrors() async throws {
    let scene = try RunScene()
    let good = ["--bandwidth", "1", "--latency", "50"]
    let cases: [(arguments: [String], words: String)] = [
      (["--hosts", "5"] + good, "training.global_batch: found 12"),
      (["--hosts", "10000"] + good, "12 for 10000 ranks"),
      (["--hosts", "0"] + good, "--hosts: found 0"),
      (["--hosts", "2", "--bandwidth", "0", "--latency", "5"], "--bandwidth: found 0"),
      (["--hosts", "2", "--benchmark", scene.configuration] + good, "--benchmark: found"),
      (["--hosts", "2", "--benchmark", "x", "--step-seconds", "1"] + good, "--step-seconds"),
    ]
    for (arguments, words) in cases {
      let outcome = try await scene.program.run(["plan", scene.configuration] + arguments)
      #expect(outcome.code == 2, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
    }
  }

  @Test func tracesTellWhatIsHidden() async throws {
    let scene = try RunScene()
    func trace(_ name: String, _ overrides: [String]) async throws -> String {
      let file = scene.folder.appending(path: "\(name).json").path
      let outcome = try await scene.program.run(
        scene.train(name, ["training.steps=6"] + overrides, options: ["--trace", file]), ranks: 2)
      #expect(outcome.code == 0, "\(outcome.errors)")
      return file
    }
    let overlapped = try await trace("overlapped", ["communication.bucket_megabytes=0.05"])
    let blocking = try await trace(
      "blocking", ["communication.bucket_megabytes=0.05", "communication.overlap=false"])
    let file = scene.folder.appending(path: "overlap.json")
    let outcome = try await scene.program.run(
      ["overlap", overlapped, "--blocking", blocking, "--json", file.path])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("hidden: "))
    let record = try object(file)
    let reports = ["overlapped", "blocking"].compactMap { record[$0] as? [String: Any] }
    #expect(reports.map { $0["steps"] as? Int } == [8, 8])
    // Buckets leave before the program ends in one run only.
    for (path, isEarly) in [(overlapped, true), (blocking, false)] {
      let text = try Data(contentsOf: URL(filePath: path))
      let events = try #require(
        try JSONSerialization.jsonObject(with: text) as? [[String: Any]]
      ).filter { $0["pid"] as? Int == 0 }
      func times(_ name: String, _ key: String) -> [Double] {
        events.filter { $0["name"] as? String == name }.compactMap { $0[key] as? Double }
      }
      let programs = zip(times("program", "ts"), times("program", "dur")).map { ($0, $0 + $1) }
      let begins = times("all-reduce of gradients", "ts")
      #expect(programs.count == 4 && begins.count > 8)
      let within = begins.contains { begin in
        programs.contains { $0.0 < begin && begin < $0.1 - 1e-3 }
      }
      #expect(within == isEarly)
    }
    let bad = try await scene.program.run(["overlap", scene.configuration])
    #expect(bad.code == 3 && bad.errors.contains("expected a list of trace events"))
  }
}
