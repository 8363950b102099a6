import MPI
import RunConfiguration
import Testing

@testable import Training

/// Steps of many ranks from that of one.
@Suite(.serialized) struct StepPredictionTests {
  private let network = NetworkLink(latency: 0, bytesPerSecond: 4e6)
  private let memory = NetworkLink(latency: 0, bytesPerSecond: 4e9)

  // Two buckets of a million gradients: 2 s each on a ring of 2 ranks that sends 4 MB/s.
  private func timeline(ready: [Double]) -> StepTimeline {
    StepTimeline(
      share: 1, seconds: 10, programEnd: 9,
      buckets: ready.map { StepTimeline.Bucket(count: 2_000_000, ready: $0) }, pollingInterval: 0)
  }

  private func shape(_ ranks: Int) -> ClusterShape {
    ClusterShape(ranks: ranks, ranksPerHost: 1, network: network, memory: memory)
  }

  private func predict(
    ready: [Double], ranks: Int = 2, _ change: (inout GradientTraffic) -> Void = { _ in }
  ) -> StepPrediction {
    var traffic = GradientTraffic()
    change(&traffic)
    return StepPredictor(SingleRankStep([timeline(ready: ready)], examples: 4), traffic: traffic)(
      on: shape(ranks))
  }

  @Test func exposedTimeAddsToTheStep() {
    let late = predict(ready: [9, 9]) { $0.smallReductions = 0 }
    #expect(late.communicationSeconds == 4 && late.exposedSeconds == 4 && late.seconds == 14)
    #expect(late.imagesPerSecond == 8.0 / 14 && late.hiddenSeconds == 0)
    let early = predict(ready: [2, 8]) { $0.smallReductions = 0 }
    #expect(early.communicationSeconds == 4 && early.exposedSeconds == 1 && early.seconds == 11)
    #expect(early.exposedShare == 1.0 / 11)
    let blocking = predict(ready: [2, 8]) { ($0.smallReductions, $0.overlaps) = (0, false) }
    #expect(blocking.exposedSeconds == 4)
  }

  @Test func oneRankIsNotSlowedDown() {
    let alone = predict(ready: [9, 9], ranks: 1)
    #expect(alone.seconds == 10 && alone.communicationSeconds == 0)
  }

  @Test func sixteenBitsHalveTheTraffic() {
    let narrow = predict(ready: [9, 9]) { ($0.smallReductions, $0.bytesPerGradient) = (0, 2) }
    #expect(narrow.exposedSeconds == 2)
  }

  @Test func gatheringWeightsIsNotHidden() {
    let sharded = predict(ready: [1, 2]) { ($0.smallReductions, $0.mode) = (0, .sharded) }
    #expect(sharded.communicationSeconds == 4 && sharded.exposedSeconds == 2)
  }

  // Weights and two moments are exchanged, in every fourth step.
  @Test func localStepsShareARound() {
    let local = predict(ready: [1, 2]) { ($0.smallReductions, $0.localSteps) = (0, 4) }
    #expect(local.exposedSeconds == 3 * 4.0 / 4)
  }

  @Test func kindsOfStepsCountByTheirShare() {
    var (slow, fast) = (timeline(ready: [9, 9]), timeline(ready: [1, 1]))
    (slow.share, fast.share, fast.seconds) = (0.25, 0.75, 6)
    var traffic = GradientTraffic()
    traffic.smallReductions = 0
    let step = SingleRankStep([slow, fast], examples: 4)
    #expect(step.seconds == 7)
    let two = StepPredictor(step, traffic: traffic)(on: shape(2))
    #expect(two.seconds == 7 + 0.25 * 4)
  }

  @Test func twoMeasurementsTellWhatDoesNotDependOnTheBatch() {
    var step = SingleRankStep([timeline(ready: [3, 9])], examples: 8)
    step.calibrate(withSeconds: 6, examples: 4)
    #expect(step.fixedSeconds == 2)
    let small = step.timelines(examples: 2)[0]
    #expect(small.seconds == 4 && small.programEnd == 9 * 0.4)
    // A smaller batch that takes longer is noise: nothing is fixed then but that time.
    step.calibrate(withSeconds: 12, examples: 4)
    #expect(step.timelines(examples: 4)[0].seconds <= 12)
  }

  @Test func batchesThatDoNotDivideAreRefusedOrLeftOut() throws {
    var settings = try ResolvedSettings("toy-8gaussians-qc").settings
    settings.training.globalBatch = 24
    let single = SingleRankStep([timeline(ready: [9])], examples: 2)
    let memory = try MemoryPrediction(settings, on: shape(12))
    let plan = try ClusterPlan(settings, on: shape(12), single: single, memory: memory)
    #expect(plan.series[0].steps.map(\.ranks) == [1, 2, 4, 8, 12])
    #expect(plan.series[0].steps.allSatisfy { $0.batchPerRank == 2 })
    #expect(plan.series[1].steps.map(\.batchPerRank) == [24, 12, 6, 3, 2])
    #expect(plan.step == plan.series[0].steps.last && plan.step.ranks == 12)
    settings.training.globalBatch = 36
    let uneven = try ClusterPlan(settings, on: shape(12), single: single, memory: memory)
    #expect(uneven.series[1].steps.map(\.ranks) == [1, 2, 4, 12])
    #expect(throws: ConfigurationError.self) {
      try ClusterPlan(settings, on: shape(10_000), single: single, memory: memory)
    }
  }

  @Test func efficiencyFallsWithTheRanks() throws {
    var settings = try ResolvedSettings("toy-8gaussians-qc").settings
    settings.training.globalBatch = 20_000
    let cluster = ClusterShape(
      ranks: 10_000, ranksPerHost: 8, network: .ethernet(gigabits: 10, microseconds: 20),
      memory: .memory(gigabits: 30, microseconds: 1))
    let single = SingleRankStep([timeline(ready: [4, 9])], examples: 2)
    let memory = try MemoryPrediction(settings, on: cluster)
    let plan = try ClusterPlan(settings, on: cluster, single: single, memory: memory)
    for series in plan.series {
      #expect(series.steps[0].efficiency == 1)
      let figures = series.steps.map(\.efficiency)
      #expect(figures == figures.sorted(by: >))
    }
    #expect(plan.step.ranks == 10_000 && plan.step.hosts == 1250)
    #expect(plan.memory.hostBytes == 8 * plan.memory.rankBytes)
  }

  @Test func measuredStepsKnowWhenGradientsAreComplete() throws {
    var settings = try ResolvedSettings("toy-8gaussians-qc").settings
    settings.training.globalBatch = 64
    settings.communication.bucketMegabytes = 0.05
    settings.regularizer.every = 2
    let world = try MPIEnvironment.start().world
    let plan = try settings.batchPlan(ranks: 2)
    let step = try SingleRankStep.measured(settings, plan: plan, steps: 2, over: world)
    #expect(step.examples == 32 && step.timelines.map(\.share) == [0.5, 0.5])
    for timeline in step.timelines {
      #expect(timeline.buckets.count > 2)
      #expect(timeline.programEnd > 0 && timeline.programEnd <= timeline.seconds)
      #expect(timeline.buckets.allSatisfy { $0.ready > 0 && $0.ready <= timeline.programEnd })
      let times = timeline.buckets.map(\.ready)
      #expect(times == times.sorted() && times[0] < timeline.programEnd)
    }
    let given = try SingleRankStep.lasting(3, settings, plan: plan, over: world)
    #expect(abs(given.seconds - 3) < 1e-9 && given.examples == 32)
    // In another order perhaps, since fewer examples make other gradients worth waiting for.
    let counts = [given, step].map { $0.timelines[0].buckets.map(\.count).sorted() }
    #expect(counts[0] == counts[1])
  }
}
