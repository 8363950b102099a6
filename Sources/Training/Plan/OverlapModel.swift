/// When reductions end that are started while a program still computes.
///
/// Buckets go out in order as soon as they are complete, some of them at a time. Those under way share
/// the link, so that their bytes move one after the other, while their latencies pass together. MPI
/// works only inside its calls: as long as the program runs, a round that is over is noticed at the next
/// poll.
public struct OverlapModel: Sendable, Equatable {
  /// Gradients that are reduced together.
  public struct Bucket: Sendable, Equatable {
    /// Seconds from the step's begin after which its gradients do not change any more.
    public let ready: Double
    /// What its reduction takes alone.
    public let cost: CommunicationModel.Cost

    /// A bucket to reduce.
    public init(ready: Double, cost: CommunicationModel.Cost) {
      self.ready = ready
      self.cost = cost
    }
  }

  /// The number of buckets under way together.
  public var bucketsUnderWay = GradientReducer.bucketsUnderWay
  /// The mean time from the end of a round to the next poll while the program runs.
  public var pollingDelay = 0.0

  /// A model with defaults.
  public init() {}

  /// When the last reduction ends.
  ///
  /// - Parameters:
  ///   - buckets: In the order in which they are started.
  ///   - programEnd: When the program ends, after which reductions are waited for.
  /// - Returns: Seconds from the step's begin, at least `programEnd`.
  public func end(of buckets: [Bucket], programEnd: Double) -> Double {
    var ends: [Double] = []
    for (index, bucket) in buckets.enumerated() {
      let place = index < bucketsUnderWay ? 0 : ends[index - bucketsUnderWay]
      let start = max(min(bucket.ready, programEnd), place)
      let arrival = afterLatency(of: bucket.cost, from: start, programEnd: programEnd)
      ends.append(max(arrival, ends.last ?? 0) + bucket.cost.transfer)
    }
    return max(programEnd, ends.last ?? 0)
  }

  private func afterLatency(
    of cost: CommunicationModel.Cost, from start: Double, programEnd: Double
  ) -> Double {
    guard cost.rounds > 0 else { return start }
    let polled = cost.latency + Double(cost.rounds) * pollingDelay
    guard start < programEnd, start + polled > programEnd else {
      return start + (start < programEnd ? polled : cost.latency)
    }
    return programEnd + cost.latency * (1 - (programEnd - start) / polled)
  }
}
