import RunConfiguration

/// What a step of several ranks takes by the model.
public struct StepPrediction: Encodable, Sendable, Equatable {
  /// The number of ranks.
  public let ranks: Int
  /// The number of hosts.
  public let hosts: Int
  /// The number of examples of one rank.
  public let batchPerRank: Int
  /// Seconds of the mean step.
  public let seconds: Double
  /// Seconds of it that one rank alone would take.
  public let computeSeconds: Double
  /// Seconds of communication if the program waited for all of it.
  public let communicationSeconds: Double
  /// Seconds of it that are waited for; the rest is hidden behind the program.
  public let exposedSeconds: Double
  /// The time of one rank with all examples of the batch of one rank or of all, over that of all ranks.
  public var efficiency = 1.0

  /// Seconds of communication behind the program.
  public var hiddenSeconds: Double { max(0, communicationSeconds - exposedSeconds) }
  /// The part of the step that waits for communication.
  public var exposedShare: Double { exposedSeconds / seconds }
  /// The number of examples of all ranks per second.
  public var imagesPerSecond: Double { Double(ranks * batchPerRank) / seconds }

  enum CodingKeys: String, CodingKey {
    case ranks, hosts, efficiency
    case batchPerRank = "batch_per_rank"
    case globalBatch = "global_batch"
    case seconds = "step_s"
    case computeSeconds = "compute_s"
    case communicationSeconds = "communication_s"
    case hiddenSeconds = "hidden_s"
    case exposedSeconds = "exposed_s"
    case exposedShare = "exposed_share"
    case imagesPerSecond = "images_per_s"
  }

  /// Writes what follows from the stored figures, too.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(ranks, forKey: .ranks)
    try values.encode(hosts, forKey: .hosts)
    try values.encode(batchPerRank, forKey: .batchPerRank)
    try values.encode(ranks * batchPerRank, forKey: .globalBatch)
    for (key, value) in [
      (CodingKeys.seconds, seconds), (.computeSeconds, computeSeconds),
      (.communicationSeconds, communicationSeconds), (.hiddenSeconds, hiddenSeconds),
      (.exposedSeconds, exposedSeconds), (.exposedShare, exposedShare),
      (.imagesPerSecond, imagesPerSecond), (.efficiency, efficiency),
    ] { try values.encode(value, forKey: key) }
  }
}

/// Predicts steps of several ranks from that of one.
public struct StepPredictor: Sendable {
  /// What one rank does alone.
  public let step: SingleRankStep
  /// What ranks exchange.
  public let traffic: GradientTraffic

  /// A predictor.
  ///
  /// - Parameters:
  ///   - step: What one rank does alone.
  ///   - traffic: What ranks exchange.
  public init(_ step: SingleRankStep, traffic: GradientTraffic) {
    self.step = step
    self.traffic = traffic
  }

  /// The mean step on a cluster.
  ///
  /// - Parameters:
  ///   - shape: The ranks and their links.
  ///   - batchPerRank: The number of examples of one rank; the measured one if nil.
  /// - Returns: The prediction, with efficiency 1.
  public func callAsFunction(
    on shape: ClusterShape, batchPerRank: Int? = nil
  ) -> StepPrediction {
    let examples = batchPerRank ?? step.examples
    let model = CommunicationModel(shape)
    let timelines = step.timelines(examples: examples)
    var (compute, blocking, exposed) = (0.0, 0.0, 0.0)
    for timeline in timelines {
      let waits = waits(in: timeline, model: model)
      compute += timeline.share * timeline.seconds
      blocking += timeline.share * waits.blocking
      exposed += timeline.share * waits.exposed
    }
    return StepPrediction(
      ranks: shape.ranks, hosts: shape.hosts, batchPerRank: examples, seconds: compute + exposed,
      computeSeconds: compute, communicationSeconds: blocking, exposedSeconds: exposed)
  }

  private func waits(
    in timeline: StepTimeline, model: CommunicationModel
  ) -> (blocking: Double, exposed: Double) {
    guard model.shape.ranks > 1 else { return (0, 0) }
    let small = Double(traffic.smallReductions) * model.smallAllReduce(bytes: traffic.smallBytes)
    guard traffic.localSteps == 1 else {
      let round = waitAfterProgram(
        timeline, bytes: traffic.bytesOfRound, cost: model.allReduce)
      let mean = round / Double(traffic.localSteps) + small
      return (mean, mean)
    }
    let reduction = traffic.mode == .sharded ? model.reduce : model.allReduce
    let gather =
      traffic.mode == .sharded
      ? model.allGather(
        bytes: GradientTraffic.bytesPerWeight * Double(timeline.buckets.reduce(0) { $0 + $1.count })
      ).seconds : 0
    let blocking = waitAfterProgram(timeline, bytes: traffic.bytesPerGradient, cost: reduction)
    guard traffic.overlaps else { return (blocking + gather + small, blocking + gather + small) }
    var overlap = OverlapModel()
    let progressInterval = ProgressThread.interval / .seconds(1)
    overlap.pollingDelay = min(timeline.pollingInterval, progressInterval) / 2
    let buckets = timeline.buckets.map {
      OverlapModel.Bucket(
        ready: $0.ready, cost: reduction(traffic.bytesPerGradient * Double($0.count)))
    }
    let wait = overlap.end(of: buckets, programEnd: timeline.programEnd) - timeline.programEnd
    return (blocking + gather + small, max(0, min(wait, blocking)) + gather + small)
  }

  // The time of all buckets if none is started before the program has ended.
  private func waitAfterProgram(
    _ timeline: StepTimeline, bytes: Double, cost: (Double) -> CommunicationModel.Cost
  ) -> Double {
    let buckets = timeline.buckets.map {
      OverlapModel.Bucket(ready: 0, cost: cost(bytes * Double($0.count)))
    }
    return OverlapModel().end(of: buckets, programEnd: 0)
  }
}
