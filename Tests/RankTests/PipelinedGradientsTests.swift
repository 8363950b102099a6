import MPI
import RunConfiguration
import Testing
import Training

extension RankTests {
  /// Steps whose updates are completed beside the next step's program are those of other ranks.
  @Suite struct PipelinedGradientsTests {
    private static let pipelined = "communication.overlap_next_step=true"

    @Test(
      arguments: [
        [], ["training.micro_batch=2"], ["communication.early_gradients=false"],
        ["regularizer.every=2"], ["communication.bucket_megabytes=4"],
        ["communication.bucket_megabytes=0.001"],
      ])
    func anOpenUpdateMakesTheSameSteps(split: [String]) throws {
      let world = try RankTests.world()
      let whole = try RankTraining(split, over: world)
      let open = try RankTraining(split + [Self.pipelined], over: world)
      let (expected, found) = (try whole.run(10), try open.run(10, isUpdateLeftOpen: true))
      try open.step.settle()
      for (left, right) in zip(expected, found) {
        #expect(abs(left.loss - right.loss) <= 1e-5 * abs(left.loss))
        #expect(abs(left.gradientNorm - right.gradientNorm) <= 1e-5 * left.gradientNorm)
        #expect(right.isStateCommon)
      }
      #expect(relativeDifference(whole.parameters, open.parameters) <= 1e-5)
      #expect(try relativeDifference(whole.average(), open.average()) <= 1e-5)
      #expect(try open.isCommon(open.parameters))
      #expect(try open.isCommon(open.average()))
    }

    // The sum of two numbers has no order. The norm is added up in another one, so it must not count.
    @Test(arguments: [[], ["training.micro_batch=2"], ["regularizer.every=3"]])
    func twoRanksHaveTheSameBits(split: [String]) throws {
      let world = try RankTests.world()
      let settings = split + ["optimizer.clip_norm=0"]
      let whole = try RankTraining(settings, over: world)
      let open = try RankTraining(settings + [Self.pipelined], over: world)
      _ = (try whole.run(7), try open.run(7, isUpdateLeftOpen: true))
      try open.step.settle()
      let averages = (try whole.average(), try open.average())
      let isSame = (open.parameters == whole.parameters, averages.0 == averages.1)
      #expect(world.size > 2 || isSame == (true, true))
    }

    @Test func settlingBetweenStepsChangesNothing() throws {
      let world = try RankTests.world()
      let open = try RankTraining([Self.pipelined], over: world)
      let settled = try RankTraining([Self.pipelined], over: world)
      let found = try open.run(5, isUpdateLeftOpen: true)
      let expected = try settled.run(5)
      try open.step.settle()
      try open.step.settle()
      #expect(found.map(\.loss) == expected.map(\.loss))
      #expect(open.parameters == settled.parameters)
      let plain = try RankTraining(over: world).run(1)[0].exchangedBytes
      // Gradients go to one rank and come back.
      #expect(Set((found + expected).map(\.exchangedBytes)) == [2 * plain])
    }

    @Test func sixteenBitsGoBothWays() throws {
      let world = try RankTests.world()
      let narrow = [Self.pipelined, "communication.transport=bfloat16"]
      let wide = try RankTraining([Self.pipelined], over: world)
      let open = try RankTraining(narrow, over: world)
      let (expected, found) = (try wide.run(6), try open.run(6, isUpdateLeftOpen: true))
      try open.step.settle()
      for (left, right) in zip(expected, found) {
        #expect(abs(left.loss - right.loss) <= 2e-2 * left.loss)
      }
      let difference = relativeDifference(wide.parameters, open.parameters)
      #expect(world.size == 1 ? difference == 0 : difference > 0 && difference < 2e-2)
      #expect(try open.isCommon(open.parameters))
    }

    @Test func aStepWithoutUpdateLeavesTheStateAlone() throws {
      let world = try RankTests.world()
      let open = try RankTraining(
        [Self.pipelined, "optimizer.learning_rate=1e30", "optimizer.warmup_steps=0"], over: world)
      // Weights of this size make the loss infinite.
      let found = try open.run(4, isUpdateLeftOpen: true)
      try open.step.settle()
      #expect(found[0].nonfiniteTerms.isEmpty)
      #expect(found[1...].allSatisfy { !$0.nonfiniteTerms.isEmpty })
      #expect(open.state.counters.optimizerUpdates == 1)
      #expect(!open.parameters.contains { !$0.isFinite })
      #expect(try open.isCommon(open.parameters))
    }
  }
}
