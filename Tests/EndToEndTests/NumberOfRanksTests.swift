import Foundation
import TestSupport
import Testing

/// The number of ranks changes the order of additions and nothing else.
@Suite(.serialized) struct NumberOfRanksTests {
  private static let keys = ["loss", "dsm", "regularizer", "gradient_norm"]

  @Test func seriesOfSixtyStepsAgreeOnOneToFourRanks() async throws {
    let scene = try RunScene()
    for ranks in 1...4 {
      let outcome = try await scene.program.run(scene.train("on-\(ranks)"), ranks: ranks)
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("convolutions: "))
    }
    for key in Self.keys {
      let one = try scene.series("on-1", key)
      #expect(one.count == 60)
      for ranks in 2...4 {
        let difference = largestDifference(one, try scene.series("on-\(ranks)", key))
        #expect(difference < 1e-4, "\(key) on \(ranks) ranks")
      }
    }
  }

  @Test func seriesOfAToyAgreeOnOneToFourRanks() async throws {
    let scene = try RunScene()
    let overrides = ["training.steps=60", "training.global_batch=24", "dataset.points=500"]
    for ranks in 1...4 {
      let run = scene.folder.appending(path: "on-\(ranks)").path
      let outcome = try await scene.program.run(
        ["train", "toy-8gaussians-qc", "--run", run] + overrides.flatMap { ["--set", $0] },
        ranks: ranks)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    for key in Self.keys {
      let one = try scene.series("on-1", key)
      #expect(one.count == 60)
      for ranks in 2...4 {
        #expect(largestDifference(one, try scene.series("on-\(ranks)", key)) < 1e-4, "\(key)")
      }
    }
  }

  // One term is a norm over the global batch, which no rank knows alone.
  @Test func seriesWithANormOverTheGlobalBatchAgreeOnOneAndTwoRanks() async throws {
    let scene = try RunScene()
    let overrides = [
      "training.steps=20", "training.global_batch=24", "dataset.points=500", "model.width=16",
      "regularizer.scalar_weight=0.01", "training.sample_every=0",
    ]
    for (name, ranks, more) in [
      ("on-1", 1, []), ("on-2", 2, []), ("accumulated", 2, ["training.micro_batch=4"]),
    ] {
      let run = scene.folder.appending(path: name).path
      let outcome = try await scene.program.run(
        ["train", "toy-mixture-fpe", "--run", run]
          + (overrides + more).flatMap { ["--set", $0] }, ranks: ranks)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    for key in ["loss", "dsm", "fpe", "fpe_scalar", "gradient_norm"] {
      let one = try scene.series("on-1", key)
      #expect(one.count == 20)
      for other in ["on-2", "accumulated"] {
        #expect(largestDifference(one, try scene.series(other, key)) < 1e-5, "\(key), \(other)")
      }
    }
  }

  @Test func replicasOfOneRankDoTheWorkOfRanks() async throws {
    let scene = try RunScene()
    let overrides = ["training.steps=20", "training.global_batch=24", "dataset.points=500"]
    for (name, ranks, replicas) in [("ranks", 2, 1), ("replicas", 1, 2)] {
      let run = scene.folder.appending(path: name).path
      let settings = overrides + ["numerics.replicas=\(replicas)"]
      let outcome = try await scene.program.run(
        ["train", "toy-8gaussians-qc", "--run", run] + settings.flatMap { ["--set", $0] },
        ranks: ranks)
      #expect(outcome.code == 0, "\(outcome.errors)")
      let threads = replicas == 1 ? "2 ranks, 1 thread each" : "1 rank, 2 threads each"
      #expect(outcome.output.contains(threads))
      #expect(try scene.events(name, kind: "run").first?["threads"] as? Int == replicas)
    }
    for key in Self.keys {
      let (ranks, replicas) = (try scene.series("ranks", key), try scene.series("replicas", key))
      #expect(ranks.count == 20)
      #expect(largestDifference(ranks, replicas) <= 1e-5, "\(key)")
    }
  }

  @Test func narrowTransportChangesOnlyTheLastDigits() async throws {
    let scene = try RunScene()
    let short = ["training.steps=12"]
    for transport in ["float32", "bfloat16"] {
      let outcome = try await scene.program.run(
        scene.train(transport, short + ["communication.transport=\(transport)"]), ranks: 2)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    let (wide, narrow) = (
      try scene.series("float32", "loss"), try scene.series("bfloat16", "loss")
    )
    #expect(wide != narrow)
    #expect(largestDifference(wide, narrow) < 1e-2)
  }
}
