import Foundation

/// What a rank does when its session makes no progress: writes, reads what others write, speaks, ends.
struct WatchdogAlarm {
  // How long ranks have to write, and the lowest of them to speak before the others do.
  private static let grace = Duration.seconds(5)
  private static let patience = Duration.seconds(10)

  /// The session, by a name that no other has.
  let session: String
  /// This rank.
  let rank: Int
  /// The machine of each rank.
  let hosts: [String]
  /// Where reports go.
  let folder: URL

  /// Ends the process, unless there is progress meanwhile.
  ///
  /// - Parameters:
  ///   - expired: What has taken too long.
  ///   - standing: What has become of it since.
  func raise(_ expired: ExpiredPhase, _ standing: () -> WatchdogStanding) {
    let report = WatchdogReport(expired, session: session, rank: rank, host: hosts[rank])
    let exchange = WatchdogExchange(
      report, size: hosts.count, in: folder, until: ContinuousClock.now + Self.grace)
    let thread = Thread { exchange.run() }
    thread.name = "watchdog files"
    thread.start()
    // Storage that does not answer must not keep the job from ending.
    wait(Self.grace + .seconds(2), while: { standing() == .stuck && !exchange.isOver })
    if rank > 0, exchange.lowerRank != nil || !exchange.isOver {
      wait(Self.patience, while: { standing() == .stuck })
    }
    switch standing() {
    case .stuck: break
    case .moving: return exchange.withdraw()
    case .over: return
    }
    speak(of: expired, exchange)
    // MPI may wait for the ranks that hang; the launcher ends them when this one leaves.
    _exit(ExitStatus.communication.rawValue)
  }

  private func speak(of expired: ExpiredPhase, _ exchange: WatchdogExchange) {
    let limit = expired.limit.rounded(toDigits: 1)
    let found =
      exchange.hasWritten
      ? StuckRun(reports: exchange.reports, hosts: hosts).explanation
        + "; see \(folder.path)"
      : "\(folder.path) cannot be written, so nothing is known of other ranks"
    let line = "helmholtz: watchdog: \(expired.name) took over \(limit) s: \(found)\n"
    FileHandle.standardError.write(Data(line.utf8))
  }

  private func wait(_ time: Duration, while condition: () -> Bool) {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end, condition() { Thread.sleep(forTimeInterval: 0.05) }
  }
}
