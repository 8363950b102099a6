/// When one rank alone does what in a step of one kind.
public struct StepTimeline: Codable, Sendable, Equatable {
  /// Gradients that are reduced together.
  public struct Bucket: Codable, Sendable, Equatable {
    /// The number of gradients.
    public var count: Int
    /// Seconds from the step's begin after which they do not change any more.
    public var ready: Double
  }

  /// The part of all steps that are of this kind.
  public var share: Double
  /// Seconds of the whole step.
  public var seconds: Double
  /// Seconds from the step's begin to the end of its program, after which the optimizer works.
  public var programEnd: Double
  /// The gradients in the order in which they are reduced.
  public var buckets: [Bucket]
  /// The mean time from one chance for communication to the next while the program runs.
  public var pollingInterval: Double

  enum CodingKeys: String, CodingKey {
    case share, seconds, buckets
    case programEnd = "program_end"
    case pollingInterval = "polling_interval"
  }

  /// The same step on a machine or with a batch that makes it so many times as long.
  func scaled(by factor: Double) -> StepTimeline {
    var scaled = self
    scaled.seconds *= factor
    scaled.programEnd *= factor
    scaled.pollingInterval *= factor
    scaled.buckets = buckets.map { Bucket(count: $0.count, ready: $0.ready * factor) }
    return scaled
  }
}

/// What a step of one rank takes without other ranks, by its number of examples.
public struct SingleRankStep: Codable, Sendable, Equatable {
  /// The kinds of steps of a rank's share of the batch.
  public var timelines: [StepTimeline]
  /// The number of examples of that share.
  public var examples: Int
  /// Seconds of the mean step that do not depend on the number of examples.
  public var fixedSeconds = 0.0

  enum CodingKeys: String, CodingKey {
    case timelines, examples
    case fixedSeconds = "fixed_s"
  }

  /// Describes a step.
  ///
  /// - Parameters:
  ///   - timelines: The kinds of steps.
  ///   - examples: The number of examples of one rank in a step.
  public init(_ timelines: [StepTimeline], examples: Int) {
    self.timelines = timelines
    self.examples = examples
  }

  /// Seconds of the mean step.
  public var seconds: Double { timelines.reduce(0) { $0 + $1.share * $1.seconds } }

  /// Learns from a second measurement what does not depend on the number of examples.
  ///
  /// - Parameters:
  ///   - otherSeconds: Seconds of the mean step with another share.
  ///   - otherExamples: The number of examples of that share, fewer than `examples`.
  public mutating func calibrate(withSeconds otherSeconds: Double, examples otherExamples: Int) {
    let slope = (seconds - otherSeconds) / Double(examples - otherExamples)
    fixedSeconds = min(max(0, seconds - slope * Double(examples)), otherSeconds)
  }

  /// The same step with another share of the batch.
  ///
  /// - Parameter count: The number of examples of one rank.
  /// - Returns: The kinds of steps.
  public func timelines(examples count: Int) -> [StepTimeline] {
    let perExample = (seconds - fixedSeconds) / Double(examples)
    let factor = (fixedSeconds + perExample * Double(count)) / seconds
    return timelines.map { $0.scaled(by: factor) }
  }
}
