import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandLineTests {
  @Test func dryRunPrintsWhatARunNeedsWithoutData() async throws {
    let program = try HelmholtzProgram()
    let outcome = try await program.run([
      "train", "fashion-mnist-qc", "--dry-run", "--ranks", "2", "--set", "dataset.path=/nowhere",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("parameters: 1,282,305 in 217 tensors"))
    #expect(outcome.output.contains("batch: 16 = 2 ranks x 1 passes x 8 examples"))
    #expect(outcome.output.contains("in 2 shards"))
    let replicas = try await program.run([
      "train", "fashion-mnist-qc", "--dry-run", "--ranks", "2", "--set", "numerics.replicas=2",
    ])
    #expect(replicas.output.contains("batch: 16 = 2 ranks x 2 replicas x 1 passes x 4 examples"))
    #expect(replicas.output.contains("gradients of replicas and passes: 4.9 MiB"))
  }

  @Test func runsStartFromTheWeightsOfOthersWithTheirMoments() async throws {
    let scene = try RunScene()
    let first = try await scene.program.run(scene.train("first", ["training.steps=20"]))
    #expect(first.code == 0, "\(first.errors)")
    let second = try await scene.program.run(
      scene.train(
        "second", ["training.steps=1"],
        options: ["--init-from", scene.folder.appending(path: "first").path]), ranks: 2)
    #expect(second.code == 0, "\(second.errors)")
    let manifest = try JSONSerialization.jsonObject(
      with: scene.content("second", step: 1, "manifest.json"))
    let counters = (manifest as? [String: Any])?["counters"] as? [String: Int]
    // Warm-up counts from zero; Adam's bias correction and the average go on.
    #expect(counters?["adam.updates"] == 21 && counters?["ema.updates"] == 21)
    let rates = try scene.series("second", "learning_rate")
    #expect(rates == [1: 0])
    let start = try #require(try scene.series("second", "loss")[1])
    let untrained = try #require(try scene.series("first", "loss")[1])
    #expect(start < untrained)
  }

  @Test func memoryDoesNotGrowFromStepToStep() async throws {
    let program = try HelmholtzProgram()
    func peak(steps: String) async throws -> Int {
      let outcome = try await program.run([
        "benchmark", "toy2d", "--batch", "500", "--warmup", "2", "--steps", steps,
      ])
      #expect(outcome.code == 0, "\(outcome.errors)")
      let line = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
      return try #require((line as? [String: Any])?["peak_rss_mb"] as? Int)
    }
    let (short, long) = (try await peak(steps: "2"), try await peak(steps: "800"))
    // A leak of one activation a step would be hundreds of megabytes.
    #expect(long <= short + 3, "\(short) MB after 2 steps, \(long) MB after 800")
  }

  @Test func shownConfigurationsLoadAgainToTheSame() async throws {
    let scene = try RunScene()
    let shown = try await scene.program.run(
      ["config", "show", "fashion-mnist-qc", "--set", "seed=9"])
    #expect(shown.code == 0 && shown.output.contains("# --set"))
    let copy = scene.folder.appending(path: "copy.yaml")
    try shown.output.write(to: copy, atomically: true, encoding: .utf8)
    let difference = try await scene.program.run(
      ["config", "diff", "fashion-mnist-qc", copy.path])
    #expect(difference.code == 0)
    #expect(difference.output == "seed: 1 -> 9\n")
  }

  @Test func usageErrorsComeFromOneRankWithTheirCode() async throws {
    let program = try HelmholtzProgram()
    for arguments in [["trian"], ["train", "toy-8gaussians-u"], ["config", "show", "toy"]] {
      for ranks in [nil, 3] {
        let outcome = try await program.run(arguments, ranks: ranks)
        #expect(outcome.code == 2, "\(arguments)")
        #expect(outcome.messages.count == 1, "\(outcome.errors)")
      }
    }
    let help = try await program.run(["train", "--help"])
    #expect(help.code == 0 && help.output.contains("--init-from"))
  }
}
