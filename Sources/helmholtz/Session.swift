import ArgumentParser
import Checkpoints
import Foundation
import MPI
import Training

/// The ranks that were started together, from the first call of MPI to the exit of the process.
enum Session {
  /// Starts MPI; every rank must call this before any other communication.
  ///
  /// Small nonblocking reductions by the default algorithm of Open MPI send everything to one rank
  /// first; the ring spreads the load. A process without a launcher has nobody to talk to and listens
  /// on no port. Values in the environment win.
  static func start() throws(MPIError) -> MPIEnvironment {
    setenv("OMPI_MCA_coll_libnbc_iallreduce_algorithm", "1", 0)
    // A rank alone would still open a port for others.
    if !isUnderLauncher { setenv("OMPI_MCA_btl", "self", 0) }
    return try MPIEnvironment.start()
  }

  /// Does work for one process on rank 0, while other ranks that were started wait.
  ///
  /// Every rank must call this. Without a launcher, MPI is not started.
  ///
  /// - Parameter work: Returns how the program ends.
  /// - Throws: The failure of the work, on all ranks, or a status other than done.
  static func onRankZero(_ work: () throws -> ExitStatus) throws {
    let status =
      isUnderLauncher ? try start().world.fromRankZero(work) : try work()
    guard status == .done else { throw status }
  }

  /// Whether this process is the one that speaks for what all ranks know.
  ///
  /// Before MPI has started, the launcher's variables tell: Open MPI's, PMIx's and Slurm's.
  static var speaks: Bool {
    if MPIEnvironment.isInitialized, !MPIEnvironment.isFinalized,
      let environment = try? MPIEnvironment.start()
    {
      return environment.world.rank == 0
    }
    return launcherRank.map { $0 == "0" } ?? true
  }

  /// Whether a line of progress may replace itself; nil if standard output decides.
  ///
  /// Open MPI connects ranks to a pseudo-terminal even if its own output goes to a file.
  static var mayReplaceLines: Bool? { isUnderLauncher ? false : nil }

  /// What training tells goes the way of all lines.
  static var messages: SessionMessages { SessionMessages(note: note, warn: warn) }

  /// Whether `mpirun` or `srun` has started this process.
  static var isUnderLauncher: Bool { launcherRank != nil }

  private static var launcherRank: String? {
    let environment = ProcessInfo.processInfo.environment
    return ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"].lazy
      .compactMap { environment[$0] }.first
  }

  /// Ends a process that has done its part; every rank must call this.
  static func leave(_ status: ExitStatus) -> Never {
    finalize()
    exit(status.rawValue)
  }

  /// Reports an error and ends the process, and all others with it if they do not know of it.
  static func leave(dueTo error: any Error) -> Never {
    if let status = error as? ExitStatus { leave(status) }
    let status = status(of: error)
    // Without MPI a rank that leaves early would end rank 0 before it has spoken.
    if isUnderLauncher, !MPIEnvironment.isInitialized {
      _ = try? start()
      report(error)
      leave(status)
    }
    guard MPIEnvironment.isInitialized, !MPIEnvironment.isFinalized, !isShared(error) else {
      report(error)
      leave(status)
    }
    if let environment = try? MPIEnvironment.start(), environment.world.size > 1 {
      let rank = "rank \(environment.world.rank) of \(environment.world.size)"
      say("helmholtz: \(rank) on \(environment.processorName): \(error)", to: .standardError)
    } else {
      say("helmholtz: \(error)", to: .standardError)
    }
    MPIEnvironment.abort(code: status.rawValue)
  }

  // Requests for help are errors to the argument parser.
  private static func status(of error: any Error) -> ExitStatus {
    Helmholtz.exitCode(for: error).isSuccess ? .done : ExitStatus(error)
  }

  private static func report(_ error: any Error) {
    guard speaks else { return }
    let code = Helmholtz.exitCode(for: error)
    // Requests for help are errors to the argument parser, and so are words it does not know.
    guard !code.isSuccess else { return say(Helmholtz.message(for: error), to: .standardOutput) }
    let text = Helmholtz.message(for: error)
    say("helmholtz: \(text)", to: .standardError)
  }

  private static func isShared(_ error: any Error) -> Bool {
    if error is SharedFailure || error is TrainingError { return true }
    switch error as? CheckpointError {
    case .failedOnRanks, .notShared: return true
    default: return false
    }
  }

  /// Prints a line of information from rank 0.
  static func note(_ text: String) {
    guard speaks else { return }
    say(text, to: .standardOutput)
  }

  /// Prints a line that concerns all ranks, from rank 0.
  static func warn(_ text: String) {
    guard speaks else { return }
    say("warning: \(text)", to: .standardError)
  }

  private static func say(_ text: String, to file: FileHandle) {
    // What `print` holds back comes first.
    fflush(nil)
    file.write(Data((text + "\n").utf8))
  }

  private static func finalize() {
    guard MPIEnvironment.isInitialized, !MPIEnvironment.isFinalized else { return }
    try? MPIEnvironment.start().finalize()
  }
}
