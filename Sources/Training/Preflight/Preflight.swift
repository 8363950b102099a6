public import MPI
public import RunConfiguration

/// Finds out before a run whether all its hosts can carry it.
///
/// A check that fails does not keep the others from running, so that everything is seen at once.
public struct Preflight {
  /// The names of the checks in their order.
  public static var checkNames: [String] { checks.map(\.name) }

  private static let checks: [any PreflightCheck] = [
    VersionCheck(), ConfigurationCheck(), RunFolderCheck(), DataCheck(), ClockCheck(),
    SpaceCheck(), LatencyCheck(), BandwidthCheck(), LinkCheck(), ProductCheck(),
    ConvolutionCheck(), CoreCheck(), MemoryCheck(),
  ]

  private let context: PreflightContext
  private let watchdog: Watchdog

  /// Describes the checks; every rank must call this.
  ///
  /// - Parameters:
  ///   - settings: This rank's settings of the run, or why it has none.
  ///   - folder: The folder of the run, nil to leave it out.
  ///   - limit: Seconds that a check may take, 0 for any time. One that takes longer ends the
  ///     process with ``ExitStatus/communication`` after a line that says where it hangs.
  ///   - world: The ranks of the run.
  /// - Throws: `MPIError`.
  public init(
    _ settings: Result<RunSettings, any Error>, folder: RunFolder?, limit: Double,
    over world: Communicator
  ) throws(MPIError) {
    var limits = WatchdogSettings()
    limits.startSeconds = limit
    watchdog = try Watchdog(limits, folder: nil, over: world)
    context = try PreflightContext(settings, folder: folder, over: world)
  }

  /// Runs all checks; every rank must call this.
  ///
  /// - Parameter tell: Called with each finding as soon as it is known.
  /// - Returns: All findings, the same on all ranks.
  /// - Throws: `MPIError`, after which the ranks no longer agree on what comes next.
  public func run(_ tell: (PreflightFinding) -> Void) throws -> PreflightReport {
    var report = PreflightReport(hosts: context.hosts)
    defer { watchdog.stop() }
    for check in Self.checks {
      watchdog.enter(.check(check.name))
      let finding = try found(by: check)
      tell(finding)
      report.checks.append(finding)
      if check is RunFolderCheck, finding.verdict == .passed, let folder = context.folder {
        watchdog.share(in: folder)
      }
    }
    return report
  }

  private func found(by check: any PreflightCheck) throws -> PreflightFinding {
    guard check.needsOtherRanks, context.world.size == 1 else { return try check.run(context) }
    var finding = PreflightFinding(check)
    finding.skip("1 rank")
    return finding
  }
}

/// What all checks found.
public struct PreflightReport: Encodable, Sendable {
  /// The machine of each rank.
  public let hosts: [String]
  /// The findings in order.
  public internal(set) var checks: [PreflightFinding] = []

  init(hosts: [String]) {
    self.hosts = hosts
  }

  /// How the program ends: as the first check that failed says.
  public var exitStatus: ExitStatus {
    checks.first { $0.verdict == .failed }?.exitStatus ?? .done
  }

  /// Whether a check has a warning.
  public var hasWarnings: Bool { checks.contains { $0.verdict == .warning } }
}

/// One thing to find out before a run.
protocol PreflightCheck: Sendable {
  /// The name in the table.
  var name: String { get }

  /// Whether a rank alone has nothing to find out.
  var needsOtherRanks: Bool { get }

  /// Finds it out; every rank must call this and gets the same finding.
  ///
  /// - Parameter context: What the checks share.
  /// - Returns: The finding.
  /// - Throws: `MPIError`; everything else is part of the finding.
  func run(_ context: PreflightContext) throws -> PreflightFinding
}

extension PreflightCheck {
  var needsOtherRanks: Bool { false }
}
