/// What one check before a run found, the same on all ranks.
public struct PreflightFinding: Encodable, Sendable {
  /// How a check ended.
  public enum Verdict: String, Encodable, Sendable {
    /// As it should be.
    case passed = "ok"
    /// The run works, but probably not as meant.
    case warning
    /// The run would fail.
    case failed
    /// Not done, because there is nothing to check or something else is missing.
    case skipped
  }

  /// The name of the check.
  public let check: String
  /// How it ended.
  public private(set) var verdict = Verdict.passed
  /// What was found, in one line.
  public var figure = ""
  /// What is wrong, each with ranks and hosts.
  public private(set) var problems: [String] = []
  /// Measured numbers by name: of each rank, or of each size that was tried.
  public var measurements: [String: [Double]] = [:]
  /// How the program ends because of the first failure.
  public private(set) var exitStatus = ExitStatus.done

  enum CodingKeys: String, CodingKey {
    case check, verdict, figure, problems, measurements
    case exitStatus = "exit_code"
  }

  init(_ check: any PreflightCheck) {
    self.check = check.name
  }

  /// Leaves the check out.
  mutating func skip(_ reason: String) { (verdict, figure) = (.skipped, reason) }

  /// Adds what should be otherwise.
  mutating func warn(_ problem: String) {
    problems.append(problem)
    if verdict != .failed { verdict = .warning }
  }

  /// Adds why the run would fail.
  mutating func fail(_ problem: String, _ status: ExitStatus) {
    problems.append(problem)
    if verdict != .failed { (verdict, exitStatus) = (.failed, status) }
  }
}
