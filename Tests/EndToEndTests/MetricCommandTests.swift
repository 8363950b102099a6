import Foundation
import TestSupport
import Testing

/// Likelihood, score error and distances of features from the command line.
@Suite(.serialized) struct MetricCommandTests {
  private static let features = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/metrics.safetensors").path

  @Test func likelihoodsAndScoreErrorsAreTheSameOnOneToThreeRanks() async throws {
    let program = try HelmholtzProgram()
    let folder = try TemporaryFolder()
    let run = folder.url.appending(path: "run").path
    let training = try await program.run([
      "train", "toy-spirals-u", "--run", run, "--set", "training.steps=4", "--set",
      "training.global_batch=100", "--set", "dataset.points=300", "--set",
      "training.sample_every=0",
    ])
    #expect(training.code == 0, "\(training.errors)")
    var reports: Set<Data> = []
    for ranks in 1...3 {
      let json = folder.url.appending(path: "\(ranks).json")
      let outcome = try await program.run(
        [
          "evaluate", run, "--metrics", "nll,score_error,score_error_reference,fpe_residual",
          "--json",
          json.path, "--set", "evaluation.group_size=64", "--set", "evaluation.levels=3",
        ], ranks: ranks)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("exact divergence"))
      reports.insert(try Data(contentsOf: json))
    }
    #expect(reports.count == 1)
    let report =
      try JSONSerialization.jsonObject(with: try #require(reports.first)) as? [String: Any]
    let nats = (report?["likelihood"] as? [String: Any])?["nats"] as? [String: Double]
    let residuals = try #require(report?["fpe_residual"] as? [[String: Any]])
    #expect(residuals.count == 3)
    for level in residuals {
      let residual = level["residual"] as? [String: Double]
      #expect(try #require(residual?["value"]) > 0)
    }
    // The entropy of a square with sides of 18 is 5.8 nats; an untrained model is not far from it.
    #expect(try #require(nats?["value"]) > 2)
    #expect(try #require(nats?["standard_error"]) > 0)
  }

  @Test func likelihoodsOfImagesAreEstimatedAndCountTheScaling() async throws {
    let scene = try RunScene()
    try scene.addTestImages()
    let training = try await scene.program.run(scene.train("run", ["training.steps=1"]))
    #expect(training.code == 0, "\(training.errors)")
    let run = scene.folder.appending(path: "run").path
    let outcome = try await scene.program.run([
      "evaluate", run, "--metrics", "nll", "--set", "evaluation.examples=2", "--set",
      "evaluation.rtol=0.1", "--set", "evaluation.atol=0.1",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    for text in ["8 of them for the scaling", "dequantized", "hutchinson divergence"] {
      #expect(outcome.output.contains(text), "\(outcome.output)")
    }
    let refused = try await scene.program.run(["evaluate", run, "--metrics", "score_error"])
    #expect(refused.code == 2)
    #expect(refused.errors.contains("points of the plane"))
  }

  @Test func aSetHasNoDistanceFromItself() async throws {
    let outcome = try await HelmholtzProgram().run([
      "compare-features", Self.features, Self.features, "--tensor", "in/real", "--metrics",
      "fid,prdc,is", "--logits", "in/logits",
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let numbers = outcome.output.split(separator: "\n").reduce(into: [String: Double]()) {
      let words = $1.split(separator: " ")
      $0[String(words[0])] = Double(words[1])
    }
    #expect(abs(try #require(numbers["fid"])) < 1e-9)
    #expect(numbers["precision"] == 1 && numbers["recall"] == 1 && numbers["coverage"] == 1)
    #expect(try #require(numbers["is"]) > 1)
  }

  @Test func subsetsAndPartsAreChosen() async throws {
    var lines: Set<String> = []
    for options in [
      [], ["--subsets", "3"], ["--subset-size", "20"], ["--parts", "2"], ["--seed", "5"],
    ] {
      let outcome = try await HelmholtzProgram().run(
        [
          "compare-features", Self.features, Self.features, "--tensor", "in/real", "--metrics",
          "kid,is", "--logits", "in/logits",
        ] + options)
      #expect(outcome.code == 0, "\(outcome.errors)")
      lines.insert(outcome.output)
    }
    #expect(lines.count == 5)
  }

  @Test(arguments: [
    (["--tensor", "in/rael"], ["in/rael", "no such tensor"]),
    (["--tensor", "fid/mean_real"], ["fid/mean_real", "[64]", "a matrix"]),
    ([], ["matrices", "--tensor"]),
    (["--metrics", "fud"], ["fud", "fid,kid,prdc,is"]),
    (["--tensor", "in/real", "--subsets", "0"], ["--subsets", "0"]),
    (["--tensor", "in/real", "--subset-size", "1"], ["--subset-size", "1"]),
    (["--metrics", "is", "--tensor", "in/real", "--parts", "0"], ["--parts", "0"]),
    (["--tensor", "in/real", "--neighbours", "500"], ["500", "at least 501"]),
  ]) func mistakesAreNamed(options: [String], words: [String]) async throws {
    let outcome = try await HelmholtzProgram().run(
      ["compare-features", Self.features, Self.features] + options)
    #expect(outcome.code == 2, "\(outcome.errors)")
    for word in words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
  }

  @Test func aMissingFileIsNamed() async throws {
    let outcome = try await HelmholtzProgram().run(
      ["compare-features", "/nowhere.safetensors", Self.features])
    #expect(outcome.code == 3)
    #expect(outcome.errors.contains("/nowhere.safetensors"))
  }
}
