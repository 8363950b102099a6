import Foundation
import TestSupport
import Testing

/// Gradients that travel while the program still runs.
@Suite(.serialized) struct OverlapTests {
  @Test(
    "When gradients travel changes no digit",
    arguments: [
      [], ["training.micro_batch=2"], ["numerics.replicas=2"],
      ["numerics.replicas=2", "training.micro_batch=1"], ["regularizer.every=2"],
      ["training.micro_batch=1", "training.global_batch=2"],
    ])
  func losses(overrides: [String]) async throws {
    let scene = try RunScene()
    // Another order of the program adds in another order.
    let common =
      [
        "training.steps=6", "communication.bucket_megabytes=0.01",
        "communication.early_gradients=false",
      ] + overrides
    for overlap in ["true", "false"] {
      let outcome = try await scene.program.run(
        scene.train(overlap, common + ["communication.overlap=\(overlap)"]), ranks: 2)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    #expect(try scene.series("true", "loss").count == 6)
    for rank in 0..<2 {
      let shards = try ["true", "false"].map {
        try scene.content($0, step: 6, "shard-0000\(rank)-of-00002.safetensors")
      }
      // A failure must not look for the difference of files.
      let isSame = shards[0] == shards[1]
      #expect(isSame)
    }
  }

  // Checkpoints and samples come between an update that is left open and the next step. What is
  // clipped to is added up in another order.
  @Test func whatTheNextStepCompletesIsInCheckpoints() async throws {
    let scene = try RunScene()
    let common = [
      "communication.bucket_megabytes=0.01", "optimizer.clip_norm=0", "training.checkpoint_every=2",
      "training.sample_every=3", "sampling.count=2", "sampling.steps=2",
    ]
    for (run, overrides) in [
      ("whole", []), ("open", ["communication.overlap_next_step=true"]),
    ] {
      for steps in [5, 9] {
        let outcome = try await scene.program.run(
          scene.train(run, common + overrides + ["training.steps=\(steps)"]), ranks: 2)
        #expect(outcome.code == 0, "\(outcome.errors)")
      }
    }
    #expect(try scene.series("open", "loss") == scene.series("whole", "loss"))
    let pictures = try ["open", "whole"].map { run in
      try ["3", "6", "9"].map { number in
        try Data(
          contentsOf: scene.folder.appending(path: "\(run)/samples/00000000\(number).png"))
      }
    }
    let areSame = pictures[0] == pictures[1]
    #expect(areSame)
    for step in [8, 9] {
      for rank in 0..<2 {
        let shards = try ["open", "whole"].map {
          try scene.content($0, step: step, "shard-0000\(rank)-of-00002.safetensors")
        }
        let isSame = shards[0] == shards[1]
        #expect(isSame)
      }
    }
  }

  @Test(arguments: [[], ["numerics.replicas=2"], ["data_parallel.mode=sharded"]])
  func earlyGradientsChangeTheLastDigitsOnly(overrides: [String]) async throws {
    let scene = try RunScene()
    let common = ["training.steps=6", "communication.bucket_megabytes=0.01"] + overrides
    for early in ["true", "false"] {
      let outcome = try await scene.program.run(
        scene.train(early, common + ["communication.early_gradients=\(early)"]), ranks: 2)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    let losses = try ["true", "false"].map { try scene.series($0, "loss") }
    #expect(losses[0].count == 6)
    for (step, loss) in losses[0] {
      let other = try #require(losses[1][step])
      #expect(abs(loss - other) <= 1e-5 * other)
    }
  }
}
