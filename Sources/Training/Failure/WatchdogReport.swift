import Foundation
import MPI

/// What one rank was doing when a session made no progress.
struct WatchdogReport: Codable, Equatable, Sendable {
  /// A collective that is not complete.
  struct OpenCall: Codable, Hashable, Sendable {
    /// The name of the communicator.
    var communicator: String
    /// The number of the call on it.
    var number: Int
    /// The call in words, such as `MPI_Allreduce of 7 float64`.
    var operation: String

    /// The call as messages name it.
    var name: String { "call \(number) on \(communicator) (\(operation))" }
  }

  /// The session, by a name that no other has.
  var session: String
  /// The rank.
  var rank: Int
  /// The machine of the rank.
  var host: String
  /// The number of the process.
  var process: Int
  /// The phase, as in `step 120`.
  var phase: String
  /// How long the phase has lasted.
  var seconds: Double
  /// Seconds since the last communication ended or began.
  var quietSeconds: Double
  /// Whether it is inside a call of MPI that waits for others.
  var isWaiting: Bool
  /// How many collectives were begun on each communicator.
  var begun: [String: Int]
  /// The collectives that are not complete, the oldest first.
  var open: [OpenCall]
  /// The last calls, the oldest first.
  var calls: [String]

  enum CodingKeys: String, CodingKey {
    case session, rank, host, process, phase, seconds, begun, open, calls
    case quietSeconds = "quiet_seconds"
    case isWaiting = "waiting"
  }
}

extension WatchdogReport {
  /// Describes this rank.
  init(_ expired: ExpiredPhase, session: String, rank: Int, host: String) {
    let history = CallHistory.process
    let (calls, now) = (history.calls, ContinuousClock.now)
    let last = calls.map { $0.end ?? $0.begin }.max()
    self.init(
      session: session, rank: rank, host: host,
      process: Int(ProcessInfo.processInfo.processIdentifier), phase: expired.name,
      seconds: expired.seconds.rounded(toDigits: 1),
      quietSeconds: (last.map { (now - $0) / .seconds(1) } ?? expired.seconds)
        .rounded(toDigits: 1),
      isWaiting: calls.contains { $0.end == nil && $0.isBlocking }, begun: history.collectives,
      open: calls.filter { $0.end == nil && $0.number > 0 }.map {
        OpenCall(communicator: $0.communicator, number: $0.number, operation: $0.words)
      },
      calls: calls.map { $0.line(at: now) })
  }
}

extension CallHistory.Call {
  fileprivate var words: String {
    kind.map { "\(operation) of \(elements) \($0)" } ?? operation
  }

  fileprivate func line(at now: ContinuousClock.Instant) -> String {
    func seconds(_ duration: Duration) -> Double { (duration / .seconds(1)).rounded(toDigits: 6) }
    let place = number > 0 ? "call \(number) on \(communicator)" : "on \(communicator)"
    let end = end.map { "took \(seconds($0 - begin)) s" } ?? "not complete"
    return "\(place): \(words), begun \(seconds(now - begin)) s ago, \(end)"
  }
}
