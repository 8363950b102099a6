import Foundation
import TestSupport
import Testing

/// What is done with a trained model: samples, evaluation, exchange of weights.
@Suite(.serialized) struct ModelCommandTests {
  private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  private func trained(_ overrides: [String] = []) async throws -> RunScene {
    let scene = try RunScene()
    try scene.addTestImages()
    let outcome = try await scene.program.run(
      scene.train("run", ["training.steps=4"] + overrides), ranks: 2)
    #expect(outcome.code == 0, "\(outcome.errors)")
    return scene
  }

  @Test func evaluationsAndSamplesAreTheSameOnOneToThreeRanks() async throws {
    let scene = try await trained()
    let run = scene.folder.appending(path: "run").path
    var (reports, samples) = (Set<Data>(), Set<Data>())
    for ranks in 1...3 {
      let json = scene.folder.appending(path: "report-\(ranks).json")
      let evaluation = try await scene.program.run(
        ["evaluate", run, "--json", json.path, "--set", "evaluation.levels=2"], ranks: ranks)
      #expect(evaluation.code == 0, "\(evaluation.errors)")
      reports.insert(try Data(contentsOf: json))
      let (picture, numbers) = (
        scene.folder.appending(path: "\(ranks).png"),
        scene.folder.appending(path: "\(ranks).safetensors")
      )
      let sampling = try await scene.program.run(
        [
          "sample", run, "--output", picture.path, "--safetensors", numbers.path, "--count", "5",
          "--steps", "3", "--set", "sampling.group_size=2",
        ], ranks: ranks)
      #expect(sampling.code == 0, "\(sampling.errors)")
      #expect(sampling.output.contains("5 samples of step 4, pc, 6 network calls each"))
      #expect(try Data(contentsOf: picture).starts(with: [0x89, 0x50, 0x4e, 0x47]))
      samples.insert(try Data(contentsOf: numbers))
    }
    #expect(reports.count == 1 && samples.count == 1)
    let report = try JSONSerialization.jsonObject(with: try #require(reports.first))
    let mean = (report as? [String: Any])?["mean"] as? [String: [String: Double]]
    #expect(try #require(mean?["dsm"]?["value"]) > 0)
    #expect(try #require(mean?["nasym"]?["standard_error"]) > 0)
  }

  @Test func trainingDrawsPicturesAndEvaluates() async throws {
    let scene = try await trained([
      "training.sample_every=2", "training.evaluate_every=4", "sampling.count=4",
      "sampling.steps=2", "evaluation.levels=1", "evaluation.examples=6",
    ])
    let pictures = scene.folder.appending(path: "run/samples")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: pictures.path).sorted()
        == ["000000002.png", "000000004.png"])
    let samples = try scene.events("run", kind: "sample")
    #expect(samples.map { $0["network_calls"] as? Double } == [4, 4])
    let evaluation = try #require(try scene.events("run", kind: "evaluation").first)
    #expect(evaluation["examples"] as? Int == 6)
    #expect(try #require(evaluation["asym"] as? Double) > 0)
  }

  @Test func exportedWeightsImportToTheSameModel() async throws {
    let scene = try await trained()
    let (run, copy) = (
      scene.folder.appending(path: "run").path, scene.folder.appending(path: "copy").path
    )
    let files = ["first", "second"].map {
      scene.folder.appending(path: "\($0).safetensors").path
    }
    let commands = [
      ["checkpoint", "export", run, "--output", files[0]],
      ["checkpoint", "import", files[0], "--run", copy, "--config", scene.configuration],
      ["checkpoint", "export", copy, "--output", files[1], "--raw"],
      ["checkpoint", "verify", copy],
    ]
    for command in commands {
      let outcome = try await scene.program.run(command)
      #expect(outcome.code == 0, "\(command): \(outcome.errors)")
    }
    let names = ["first.png", "second.png"].map { scene.folder.appending(path: $0) }
    for (folder, picture) in zip([run, copy], names) {
      let outcome = try await scene.program.run([
        "sample", folder, "--output", picture.path, "--count", "2", "--steps", "3",
      ])
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    #expect(try Data(contentsOf: names[0]) == Data(contentsOf: names[1]))
    let again = try await scene.program.run(commands[1])
    #expect(again.code == 2 && again.messages.count == 1)
  }

  @Test func damagedCheckpointsAreFoundAndPassedOver() async throws {
    let scene = try await trained(["training.checkpoint_every=2"])
    let run = scene.folder.appending(path: "run").path
    let shard = scene.folder.appending(
      path: "run/checkpoints/step-000000004/shard-00001-of-00002.safetensors")
    var bytes = try Data(contentsOf: shard)
    bytes[bytes.count - 5] ^= 1
    try bytes.write(to: shard)
    let verification = try await scene.program.run(["checkpoint", "verify", run])
    #expect(verification.code == 3)
    #expect(verification.output.contains("step 2: intact"))
    #expect(verification.output.contains("step 4: damaged"))
    let output = scene.folder.appending(path: "x.safetensors").path
    let export = try await scene.program.run(["checkpoint", "export", run, "--output", output])
    #expect(export.code == 0 && export.output.contains("step 2"))
    #expect(export.errors.contains("checkpoint of step 4 is skipped"))
    let inspection = try await scene.program.run(["checkpoint", "inspect", run])
    #expect(inspection.code == 0 && inspection.output.contains("checkpoints: 2, 4"))
  }

  @Test func stepsAndWeightsAreChosen() async throws {
    let scene = try await trained(["training.checkpoint_every=2", "ema.decay=0.9"])
    let run = scene.folder.appending(path: "run").path
    let (picture, numbers) = (
      scene.folder.appending(path: "x.png").path,
      scene.folder.appending(path: "x.safetensors").path
    )
    var samples: Set<Data> = []
    for (options, step) in [
      ([], 4), (["--step", "2"], 2), (["--weights", "raw"], 4),
      (["--step", "2", "--weights", "raw"], 2),
    ] {
      let outcome = try await scene.program.run(
        [
          "sample", run, "--output", picture, "--safetensors", numbers, "--count", "2", "--steps",
          "3",
        ] + options)
      #expect(outcome.code == 0 && outcome.output.contains("2 samples of step \(step)"))
      samples.insert(try Data(contentsOf: URL(filePath: numbers)))
    }
    #expect(samples.count == 4)
    for command in [["sample", run, "--output", picture], ["evaluate", run]] {
      let outcome = try await scene.program.run(command + ["--step", "3"], ranks: 2)
      #expect(outcome.code == 3 && outcome.messages.count == 1)
      #expect(outcome.errors.contains("expected one of 2 checkpoints, the newest of steps 2, 4"))
    }
  }

  @Test func mistakesHaveOneLineAndTheirCode() async throws {
    let scene = try RunScene()
    let nowhere = scene.folder.appending(path: "nowhere").path
    let picture = scene.folder.appending(path: "x.png").path
    let cases: [(arguments: [String], code: Int32, words: String)] = [
      (["sample", nowhere, "--output", picture], 3, "config.yaml"),
      (["sample", nowhere, "--output", nowhere + "/x.png"], 3, "no writable folder"),
      (["evaluate", nowhere, "--metrics", "fid"], 2, "found 'fid'"),
      (["checkpoint", "inspect", nowhere], 3, "at least one checkpoint"),
      (["verify", nowhere], 3, "index.json"),
      (["verify", Self.fixtures.path, "sde_table"], 2, "'sde_table'"),
    ]
    for (arguments, code, words) in cases {
      for ranks in [nil, 2] {
        let outcome = try await scene.program.run(arguments, ranks: ranks)
        #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
        #expect(outcome.messages.count == 1 && outcome.errors.contains(words), "\(arguments)")
      }
    }
  }

  @Test func referenceCasesPassFromTheCommandLine() async throws {
    let scene = try RunScene()
    let json = scene.folder.appending(path: "errors.json")
    let outcome = try await scene.program.run([
      "verify", Self.fixtures.path, "sde_tables", "optimizer_ema", "ode_toy2d", "--json",
      json.path,
    ])
    #expect(outcome.code == 0 && outcome.output.contains("3 passed, 0 failed"))
    let table = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any])
    let rows = try #require(table["tensors"] as? [[String: Any]])
    #expect(rows.count == 48)
    #expect(rows.allSatisfy { ($0["error"] as? Double ?? 1) <= $0["tolerance"] as? Double ?? 0 })
    let notes = try #require(table["notes"] as? [[String: String]])
    #expect(notes.map { $0["case"] } == ["ode_toy2d"])
    #expect(notes.allSatisfy { $0["note"]?.contains("out/bits_hutchinson") == true })
  }
}
