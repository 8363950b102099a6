public import Telemetry

/// How long steps of a trace compute, and how long they wait for gradients of other ranks.
public struct OverlapReport: Encodable, Sendable, Equatable {
  /// The number of steps of all ranks together in which gradients were reduced.
  public let steps: Int
  /// The median of these steps in seconds.
  public let stepSeconds: Double
  /// The mean of all steps in seconds, those of which local steps or a lazy penalty are made, too.
  public let meanStepSeconds: Double
  /// The median time of a step's program, during which gradients may travel.
  public let programSeconds: Double
  /// The median time that steps wait for gradients: from the end of the program to the end of the last
  /// reduction, and where the program waits for what the step before has left.
  public let exposedSeconds: Double

  enum CodingKeys: String, CodingKey {
    case steps
    case stepSeconds = "step_s"
    case meanStepSeconds = "mean_step_s"
    case programSeconds = "program_s"
    case exposedSeconds = "exposed_s"
  }

  /// Evaluates a trace.
  ///
  /// It is nil if no step has reduced gradients.
  ///
  /// - Parameter work: What all ranks did.
  public init?(_ work: [TracedWork]) {
    let reduction = ["all-reduce of gradients", "reduce of gradients"]
    let waiting = "wait for gradients"
    let names = ["step", "program", waiting] + reduction
    let relevant = work.filter { names.contains($0.name) }
    var parts: [(step: Double, program: Double, exposed: Double)] = []
    for own in Dictionary(grouping: relevant, by: \.rank).values {
      for step in own where step.name == "step" {
        // Ends may differ from those of enclosed work by the rounding of the file.
        let within = own.filter { $0.begin >= step.begin && $0.begin < step.end }
        let programs = within.filter { $0.name == "program" }
        let reductions = within.filter { reduction.contains($0.name) }
        guard let program = programs.last, let last = reductions.map(\.end).max() else { continue }
        let waits = within.filter { $0.name == waiting }
        let waited = waits.reduce(0) { $0 + $1.seconds }
        let waitedInside = waits.filter { $0.begin < program.end }.reduce(0) { $0 + $1.seconds }
        parts.append(
          (step.seconds, program.seconds - waitedInside, max(0, last - program.end) + waited))
      }
    }
    guard !parts.isEmpty else { return nil }
    steps = parts.count
    stepSeconds = parts.map(\.step).median
    let all = relevant.filter { $0.name == "step" }.map(\.seconds)
    meanStepSeconds = all.reduce(0, +) / Double(all.count)
    programSeconds = parts.map(\.program).median
    exposedSeconds = parts.map(\.exposed).median
  }

  /// The part of communication that is hidden behind the program, by waits.
  ///
  /// - Parameter blocking: Steps of the same run in which gradients are reduced after the program.
  /// - Returns: A number up to 1.
  public func hiddenShare(against blocking: OverlapReport) -> Double {
    1 - exposedSeconds / blocking.exposedSeconds
  }

  /// The part of communication by which steps are shorter; less than what is hidden, because
  /// communication takes some processor time from the program.
  ///
  /// - Parameter blocking: Steps of the same run in which gradients are reduced after the program.
  /// - Returns: A number up to 1.
  public func savedShare(against blocking: OverlapReport) -> Double {
    (blocking.stepSeconds - stepSeconds) / blocking.exposedSeconds
  }
}
