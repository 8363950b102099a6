import MPI
import RunConfiguration
import Testing
import Training

extension RankTests {
  /// Ranks that share moments and average make the steps of ranks that hold all of them.
  @Suite struct ShardedOptimizerTests {
    static let splits: [[String]] = [
      [], ["training.micro_batch=2"], ["numerics.replicas=2"],
      ["numerics.replicas=2", "training.micro_batch=1"],
    ]

    @Test(arguments: splits) func sharedStateMakesTheSameSteps(split: [String]) throws {
      let world = try RankTests.world()
      let whole = try RankTraining(split, over: world)
      let shared = try RankTraining(split + ["data_parallel.mode=sharded"], over: world)
      let (expected, found) = (try whole.run(10), try shared.run(10))
      for (left, right) in zip(expected, found) {
        #expect(abs(left.loss - right.loss) <= 1e-5 * abs(left.loss))
        #expect(abs(left.gradientNorm - right.gradientNorm) <= 1e-5 * left.gradientNorm)
        #expect(right.isStateCommon)
      }
      #expect(relativeDifference(whole.parameters, shared.parameters) <= 1e-5)
      #expect(try relativeDifference(whole.average(), shared.average()) <= 1e-5)
      #expect(try shared.isCommon(shared.parameters))
      #expect(try shared.isCommon(shared.average()))
    }

    @Test func eachRankHoldsItsPartOfMomentsAndAverage() throws {
      let world = try RankTests.world()
      let state = try RankTraining(["data_parallel.mode=sharded"], over: world).state
      let held = [state.firstMoments, state.secondMoments, state.average].map(\.count)
      let sums = try held.map { try world.allReduce(Int64($0), by: .sum) }
      #expect(sums == [Int64](repeating: Int64(state.layout.extent), count: 3))
      let most = try world.allReduce(Int64(state.byteCount), by: .maximum)
      var sharded = DataParallelSettings()
      sharded.mode = .sharded
      #expect(
        Int(most) == TrainingState.byteCount(state.layout, sharded, ranks: world.size))
      let whole = TrainingState.byteCount(state.layout)
      let planned = whole - 12 * state.layout.extent * (world.size - 1) / world.size
      #expect(Int(most) <= planned + 12 * 64)
    }

    @Test(arguments: ["allreduce", "sharded"], ["nearest", "stochastic"])
    func sixteenBitsChangeOnlyTheLastDigits(mode: String, rounding: String) throws {
      let world = try RankTests.world()
      let narrow = [
        "data_parallel.mode=\(mode)", "communication.transport=bfloat16",
        "communication.rounding=\(rounding)",
      ]
      let wide = try RankTraining(["data_parallel.mode=\(mode)"], over: world)
      let run = try RankTraining(narrow, over: world)
      let (expected, found) = (try wide.run(6), try run.run(6))
      for (left, right) in zip(expected, found) {
        #expect(abs(left.loss - right.loss) <= 2e-2 * left.loss)
      }
      let difference = relativeDifference(wide.parameters, run.parameters)
      #expect(world.size == 1 ? difference == 0 : difference > 0 && difference < 2e-2)
      #expect(try run.isCommon(run.parameters))
      let again = try RankTraining(narrow, over: world)
      _ = try again.run(6)
      // Random bits are a function of the seed: a run repeats itself.
      #expect(again.parameters == run.parameters)
    }

    @Test func startedReductionLeavesTheSumOnItsRoot() throws {
      let world = try RankTests.world()
      for root in 0..<world.size {
        var values = (0..<40).map { Float($0 * (world.rank + 1)) }
        var narrow = values.map { BFloat16Bits($0) }
        try values.withUnsafeMutableBufferPointer { wide in
          try narrow.withUnsafeMutableBufferPointer { narrow in
            var pending = try world.startReduce(wide, by: .sum, root: root)
            pending.merge(try world.startReduce(narrow, by: .sum, root: root))
            try pending.wait()
          }
        }
        let weight = world.rank == root ? world.size * (world.size + 1) / 2 : world.rank + 1
        #expect(values == (0..<40).map { Float($0 * weight) })
        if world.rank == root && world.size <= 2 {
          #expect(narrow.map(\.float) == (0..<40).map { Float($0 * weight) })
        }
      }
    }
  }
}
