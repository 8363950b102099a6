import Foundation

/// What a rank does about a lack of progress when it cannot ask the others: says where it is, ends.
///
/// The ranks that are waited for are those that say something else than the others, or nothing.
struct LoneAlarm {
  // The launcher ends all ranks when the first one leaves; until then the others may speak.
  private static let grace = Duration.seconds(5)

  /// This rank.
  let rank: Int
  /// The number of ranks.
  let size: Int
  /// The machine of this rank.
  let host: String

  /// Ends the process, unless there is progress meanwhile.
  ///
  /// - Parameters:
  ///   - expired: What has taken too long.
  ///   - standing: What has become of it since.
  func raise(_ expired: ExpiredPhase, _ standing: () -> WatchdogStanding) {
    let report = WatchdogReport(expired, session: "", rank: rank, host: host)
    let line =
      "helmholtz: watchdog: \(expired.name) took over \(expired.limit.rounded(toDigits: 1)) s:"
      + " rank \(rank) of \(size) on \(host) \(whereabouts(report))\n"
    FileHandle.standardError.write(Data(line.utf8))
    let end = ContinuousClock.now + Self.grace
    while ContinuousClock.now < end, standing() == .stuck { Thread.sleep(forTimeInterval: 0.05) }
    // MPI may wait for the ranks that hang.
    if standing() == .stuck { _exit(ExitStatus.communication.rawValue) }
  }

  private func whereabouts(_ report: WatchdogReport) -> String {
    guard let call = report.open.first else {
      return "has not communicated for \(report.quietSeconds) s"
    }
    return "waits in \(call.name)"
  }
}
