import RunConfiguration
import Testing

@Suite("Batch plan")
struct BatchPlanTests {
  @Test("Ranks, passes and micro-batches multiply to the global batch")
  func factorsMultiplyToTheGlobalBatch() throws {
    for globalBatch in 1...60 {
      for ranks in 1...globalBatch where globalBatch.isMultiple(of: ranks) {
        for largest in [1, 4, 7, 100] {
          let plan = try BatchPlan(globalBatch: globalBatch, ranks: ranks, largest: largest)
          #expect(plan.ranks * plan.accumulation * plan.microBatch == globalBatch)
          #expect(plan.microBatch <= largest)
          let larger = (plan.microBatch + 1)..<(max(largest, plan.microBatch) + 1)
          #expect(!larger.contains { $0 <= plan.perRank && plan.perRank.isMultiple(of: $0) })
        }
      }
    }
  }

  @Test("A micro-batch that is given is kept")
  func givenMicroBatchIsKept() throws {
    let plan = try BatchPlan(globalBatch: 128, ranks: 2, microBatch: 8)
    #expect(plan.perRank == 64)
    #expect(plan.accumulation == 8)
  }

  @Test("A batch that does not divide over the ranks names the nearest that does")
  func indivisibleBatchIsNamed() {
    let error = #expect(throws: ConfigurationError.self) {
      try BatchPlan(globalBatch: 32, ranks: 3)
    }
    #expect(
      error?.description == "training.global_batch: found 32, expected a multiple of the number of "
        + "ranks, 3 (did you mean 33?)")
  }

  @Test("A micro-batch that does not divide a rank's batch names the nearest below that does")
  func indivisibleMicroBatchIsNamed() {
    let error = #expect(throws: ConfigurationError.self) {
      try BatchPlan(globalBatch: 32, ranks: 2, microBatch: 5)
    }
    #expect(
      error?.description == "training.micro_batch: found 5, expected a divisor of the batch of one "
        + "rank, 32 / 2 = 16 (did you mean 4?)")
  }

  @Test("Replicas share the batch of a rank before micro-batches are derived")
  func replicasShareTheBatchOfARank() throws {
    let plan = try BatchPlan(globalBatch: 96, ranks: 2, replicas: 3, largest: 10)
    #expect(plan.perRank == 48 && plan.perReplica == 16)
    #expect(plan.microBatch == 8 && plan.accumulation == 2)
  }

  @Test("Replicas that do not divide a rank's batch name the nearest number below that does")
  func indivisibleReplicasAreNamed() {
    let error = #expect(throws: ConfigurationError.self) {
      try BatchPlan(globalBatch: 32, ranks: 2, replicas: 3)
    }
    #expect(error?.problem == .indivisibleBatch)
    #expect(
      error?.description == "numerics.replicas: found 3, expected a divisor of the batch of one "
        + "rank, 32 / 2 = 16 (did you mean 2?)")
  }

  @Test("A micro-batch that does not divide a replica's batch names the nearest below that does")
  func indivisibleMicroBatchOfReplicasIsNamed() {
    let error = #expect(throws: ConfigurationError.self) {
      try BatchPlan(globalBatch: 32, ranks: 2, replicas: 2, microBatch: 16)
    }
    #expect(
      error?.description == "training.micro_batch: found 16, expected a divisor of the batch of "
        + "one replica, 32 / 2 / 2 = 8 (did you mean 8?)")
  }

  @Test("More ranks than examples in a batch are refused")
  func moreRanksThanExamplesAreRefused() throws {
    let settings = try ResolvedSettings(
      "fashion-mnist-u", overrides: ["training.global_batch=2"]
    ).settings
    let error = #expect(throws: ConfigurationError.self) { try settings.validate(ranks: 4) }
    #expect(error?.problem == .tooManyRanks)
    #expect(
      error?.description
        == "training.global_batch: found 2 for 4 ranks, expected at least one example for each rank"
    )
  }
}
