import Foundation
import TestSupport
import Testing

/// The timelines that `--trace` writes.
@Suite(.serialized) struct TraceTests {
  /// A piece of work as a trace viewer reads it; times in microseconds.
  private struct Event {
    let name: String
    let rank: Int
    let lane: Int
    let begin: Double
    let end: Double
    let details: [String: Any]

    init?(_ object: [String: Any]) {
      guard object["ph"] as? String == "X", let name = object["name"] as? String,
        let rank = object["pid"] as? Int, let lane = object["tid"] as? Int,
        let begin = object["ts"] as? Double, let duration = object["dur"] as? Double,
        let details = object["args"] as? [String: Any]
      else { return nil }
      (self.name, self.rank, self.lane, self.details) = (name, rank, lane, details)
      (self.begin, end) = (begin, begin + duration)
    }

    func encloses(_ other: Event) -> Bool {
      // Times are whole nanoseconds, but their sums as binary fractions of microseconds are not.
      begin - 1e-4 <= other.begin && other.end <= end + 1e-4
    }
  }

  // What belongs to no step: it is done between steps, or beside them.
  private static let outside = [
    "step", "barrier", "begin checkpoint", "commit checkpoint", "write shard",
    "delete old checkpoints", "sample", "evaluation",
  ]

  private func events(_ file: URL, ranks: Int, steps: Int) throws -> [Event] {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    let objects = try #require(json as? [[String: Any]])
    let events = objects.compactMap(Event.init)
    #expect(objects.allSatisfy { ["X", "M"].contains($0["ph"] as? String) })
    #expect(Set(events.map(\.rank)) == Set(0..<ranks))
    for rank in 0..<ranks {
      let own = events.filter { $0.rank == rank }
      #expect(Set(own.map(\.lane)).isSuperset(of: [0, 1, 2]))
      let intervals = own.filter { $0.name == "step" }
      #expect(intervals.count == steps)
      for event in own where !Self.outside.contains(event.name) {
        #expect(intervals.contains { $0.encloses(event) }, "\(event)")
      }
      let programs = own.filter { $0.name == "program" }
      let kernels = own.filter { $0.details["bytes"] != nil && $0.lane == 0 }
      #expect(programs.count == steps && kernels.count > steps)
      #expect(kernels.allSatisfy { kernel in programs.contains { $0.encloses(kernel) } })
      expectNesting(own)
    }
    return events
  }

  /// In a row, work that begins before other work has ended must enclose it.
  private func expectNesting(_ events: [Event]) {
    for lane in Set(events.map(\.lane)) {
      var open: [Event] = []
      for event in events where event.lane == lane {
        while let last = open.last, last.end <= event.begin + 1e-4 { open.removeLast() }
        #expect(open.last?.encloses(event) ?? true, "\(event) in \(open)")
        open.append(event)
      }
    }
  }

  @Test func benchmarksOfTwoRanksShareATimeline() async throws {
    let scene = try RunScene()
    let file = scene.folder.appending(path: "trace.json")
    let outcome = try await scene.program.run(
      [
        "benchmark", "toy2d", "--batch", "32", "--warmup", "1", "--steps", "3", "--trace",
        file.path,
      ], ranks: 2)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.split(separator: "\n").count == 1)
    let events = try events(file, ranks: 2, steps: 3)
    for rank in 0..<2 {
      #expect(events.count { $0.rank == rank && $0.name == "barrier" } == 3)
    }
    // Barriers before each step, so that the same step overlaps on both ranks if clocks agree.
    let steps = (0..<2).map { rank in events.filter { $0.rank == rank && $0.name == "step" } }
    for (left, right) in zip(steps[0], steps[1]) {
      #expect(left.begin < right.end && right.begin < left.end)
      #expect(left.details["step"] as? Int == right.details["step"] as? Int)
    }
  }

  @Test func runsTraceSomeStepsAndWhatIsDoneBetweenThem() async throws {
    let scene = try RunScene()
    let file = scene.folder.appending(path: "trace.json")
    let outcome = try await scene.program.run(
      [
        "train", "toy-8gaussians-qc", "--run", scene.folder.appending(path: "run").path,
        "--trace", file.path, "--trace-steps", "3",
      ]
        + [
          "training.steps=8", "training.global_batch=24", "dataset.points=500",
          "training.checkpoint_every=4", "training.sample_every=5", "sampling.count=4",
          "sampling.steps=2", "training.evaluate_every=5", "evaluation.levels=1",
          "evaluation.examples=6", "communication.bucket_megabytes=0.01",
        ].flatMap { ["--set", $0] }, ranks: 2)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("trace: \(file.path)"))
    let events = try events(file, ranks: 2, steps: 3)
    for rank in 0..<2 {
      let own = events.filter { $0.rank == rank }
      #expect(own.filter { $0.name == "step" }.map { $0.details["step"] as? Int } == [3, 4, 5])
      for name in ["write shard", "sample", "evaluation", "commit checkpoint"] {
        #expect(own.contains { $0.name == name }, "\(name)")
      }
      let buckets = own.filter { $0.name == "all-reduce of gradients" }
      #expect(buckets.count >= 6 && buckets.allSatisfy { $0.lane == 1 })
    }
  }

  @Test func mistakesAreFoundBeforeTheWork() async throws {
    let scene = try RunScene()
    let nowhere = scene.folder.appending(path: "nowhere/trace.json").path
    let cases: [(arguments: [String], code: Int32, words: String)] = [
      (scene.train("run", options: ["--trace", nowhere]), 3, "no writable folder"),
      (["benchmark", "toy2d", "--trace", nowhere], 3, "no writable folder"),
      (scene.train("run", options: ["--trace-steps", "3"]), 2, "--trace"),
      (scene.train("run", options: ["--trace", "t", "--trace-steps", "0"]), 2, "found 0"),
    ]
    for (arguments, code, words) in cases {
      let outcome = try await scene.program.run(arguments, ranks: 2)
      #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
      #expect(outcome.messages.count == 1 && outcome.errors.contains(words), "\(arguments)")
    }
    #expect(!FileManager.default.fileExists(atPath: scene.folder.appending(path: "run").path))
  }
}
