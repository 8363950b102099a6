import Checkpoints
import MPI
import RunConfiguration
import Testing
import Training

extension RankTests {
  /// Rounds of steps that ranks make by themselves.
  @Suite struct LocalStepsTests {
    private func joined(_ rate: Double, _ momentum: Double, every steps: Int = 4) -> [String] {
      [
        "data_parallel.local_steps=\(steps)", "data_parallel.outer_learning_rate=\(rate)",
        "data_parallel.outer_momentum=\(momentum)",
      ]
    }

    @Test func ranksHaveTheSameStateAtTheEndsOfRoundsOnly() throws {
      let world = try RankTests.world()
      let run = try RankTraining(joined(0.7, 0.9) + ["training.steps=10"], over: world)
      for step in 1...10 {
        let isEnd = [4, 8, 10].contains(step)
        #expect(try run.run(1)[0].isStateCommon == isEnd)
        #expect(try run.isCommon(run.parameters) == (isEnd || world.size == 1))
        guard isEnd else { continue }
        for buffer in run.state.buffers {
          #expect(try run.isCommon(Array(buffer.values)), "\(buffer.name)")
        }
      }
      #expect(run.state.buffers.map(\.name).last == "outer.momentum")
    }

    @Test func oneRankWithAPlainOuterStepTrainsAsUsual() throws {
      let world = try RankTests.world()
      let alone = try world.split(color: world.rank)
      let plain = try RankTraining(over: alone)
      let run = try RankTraining(joined(1, 0, every: 3), over: alone)
      for (left, right) in zip(try plain.run(12), try run.run(12)) {
        #expect(abs(left.loss - right.loss) <= 1e-6 * left.loss)
      }
      #expect(relativeDifference(plain.parameters, run.parameters) <= 1e-6)
    }

    // Ranks that never meet show what the others join.
    @Test func aRoundEndsWithOneNesterovStepFromItsStart() throws {
      let world = try RankTests.world()
      let apart = try RankTraining(joined(1, 0, every: 1000), over: world)
      let run = try RankTraining(joined(0.7, 0.9), over: world)
      let start = run.parameters
      _ = (try apart.run(4), try run.run(4))
      let mean = try apart.mean(apart.parameters)
      // m = g, and the step is 0.7 (g + 0.9 m).
      let move: Float = 0.7 * 1.9
      let expected: [Float] = zip(start, mean).map { start, mean in start - move * (start - mean) }
      #expect(relativeDifference(expected, run.parameters) <= 1e-6)
      for moments in [\TrainingState.firstMoments, \TrainingState.secondMoments] {
        let mean = try apart.mean(Array(apart.state[keyPath: moments].values))
        let joined = Array(run.state[keyPath: moments].values)
        #expect(relativeDifference(mean, joined) <= 1e-5)
      }
      // The ramp of the average gives update n the weight (1 + n) / (10 + n) at most.
      var kept: Float = 1
      for update in 1...4 { kept *= Float(1 + update) / Float(10 + update) }
      let average: [Float] = zip(start, run.parameters).map { old, new in new + kept * (old - new) }
      #expect(relativeDifference(average, Array(run.state.average.values)) <= 1e-6)
      withExtendedLifetime((apart, run)) {}
    }

    @Test func aRankClipsItsOwnGradientOfItsOwnShare() throws {
      let world = try RankTests.world()
      // A norm so small that each gradient is clipped to it: all ranks go equally far.
      let clip = ["optimizer.clip_norm=1.0e-3", "optimizer.beta1=0", "optimizer.epsilon=1"]
      let run = try RankTraining(joined(1, 0, every: 100) + clip, over: world)
      _ = try run.run(1)
      let norm = run.state.firstMoments.values.reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(norm.squareRoot() - 1e-3) < 1e-7)
      withExtendedLifetime(run) {}
    }

    @Test func trafficFallsWithTheLengthOfARound() throws {
      let world = try RankTests.world()
      func bytes(_ overrides: [String]) throws -> Int {
        try RankTraining(overrides, over: world).run(4).reduce(0) { $0 + $1.exchangedBytes }
      }
      let extent = try RankTraining(over: world).state.layout.trainableExtent
      // A rank alone hands nothing to MPI.
      let gradient: Int = world.size > 1 ? 4 * extent : 0
      // Two rounds: how far the ranks went, and both moments.
      let rounds: Int = 2 * 3 * gradient
      let narrowRounds: Int = rounds - gradient
      #expect(try bytes([]) == 4 * gradient)
      #expect(try bytes(joined(0.7, 0.9, every: 2)) == rounds)
      let narrow = ["communication.transport=bfloat16"]
      #expect(try bytes(joined(0.7, 0.9, every: 2) + narrow) == narrowRounds)
      // Gradients to their owners, and weights back.
      #expect(try bytes(["data_parallel.mode=sharded"]) == 8 * gradient)
    }

    @Test func lossFallsAsWithJointSteps() throws {
      let world = try RankTests.world()
      let data = [
        "training.global_batch=240", "dataset.points=5000", "communication.bucket_megabytes=4",
      ]
      func meanOfTheLast(_ overrides: [String]) throws -> Double {
        let losses = try RankTraining(data + overrides, over: world).run(120).map(\.loss)
        return losses.suffix(40).reduce(0, +) / 40
      }
      let together = try meanOfTheLast([])
      let apart = try meanOfTheLast(joined(0.7, 0.5, every: 10))
      #expect(abs(apart - together) < 0.1 * together, "\(apart), not \(together)")
    }
  }
}
