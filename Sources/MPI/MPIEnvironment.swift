import CMPIShims
import Glibc
import Synchronization

/// The running MPI library, through which a process reaches the other ranks.
///
/// MPI starts once in a process and cannot start again after `finalize()`. A process that was
/// not started by `mpirun` is a world of one rank, so that the same program also runs alone.
public struct MPIEnvironment: Sendable {
  /// All ranks that were started together (MPI 3.1, section 6.4.1).
  public let world: Communicator

  /// What MPI lets the threads of this process do; it may be less than what was asked for.
  public let threadLevel: ThreadLevel

  /// The name of the machine this rank runs on (MPI 3.1, section 8.1.2).
  public let processorName: String

  private static let running = Mutex<MPIEnvironment?>(nil)

  /// Starts MPI, or returns the environment that is already running.
  ///
  /// Every rank must call this before any other communication. See MPI 3.1, sections 8.7 and
  /// 12.4.3. Errors are thrown from here on instead of ending the process.
  ///
  /// - Parameter threads: The level to ask for; what was granted is `threadLevel`.
  /// - Returns: The one environment of this process.
  /// - Throws: `MPIError` if MPI cannot start or has been finalized.
  public static func start(threads: ThreadLevel = .multiple) throws(MPIError) -> MPIEnvironment {
    try running.withLock { current throws(MPIError) in
      guard !isFinalized else {
        throw MPIError(
          operation: "MPI_Init_thread", errorClass: .other,
          text: "MPI was finalized and cannot start again in the same process")
      }
      if let current { return current }
      let environment = try MPIEnvironment(threads: threads)
      current = environment
      return environment
    }
  }

  private init(threads: ThreadLevel) throws(MPIError) {
    var provided: CInt = 0
    if Self.isInitialized {
      try check(MPI_Query_thread(&provided), "MPI_Query_thread")
    } else {
      Self.avoidDaemonOfLoneProcess()
      try check(MPI_Init_thread(nil, nil, threads.mpiValue, &provided), "MPI_Init_thread")
    }
    threadLevel = ThreadLevel(mpiValue: provided)
    world = try Communicator(adopting: cmpi_comm_world(), name: "world")
    processorName =
      filledText(ofAtMost: Int(MPI_MAX_PROCESSOR_NAME)) { MPI_Get_processor_name($0, $1) }
      ?? "unknown"
    try check(cmpi_create_sixteen_bit_operations(), "MPI_Op_create")
  }

  // Open MPI starts a daemon beside a process that no launcher started, which takes a second and can
  // hang; only `MPI_Comm_spawn` needs it. A value in the environment wins.
  private static func avoidDaemonOfLoneProcess() {
    let isLaunched = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK"].contains { (name: String) in
      getenv(name) != nil
    }
    if !isLaunched { setenv("OMPI_MCA_ess_singleton_isolated", "1", 0) }
  }

  /// Whether MPI has been started in this process, be it finalized since or not.
  public static var isInitialized: Bool {
    var flag: CInt = 0
    return MPI_Initialized(&flag) == MPI_SUCCESS && flag != 0
  }

  /// Whether MPI has been finalized in this process.
  public static var isFinalized: Bool {
    var flag: CInt = 0
    return MPI_Finalized(&flag) == MPI_SUCCESS && flag != 0
  }

  /// The name and version of the MPI library (MPI 3.1, section 8.1.1).
  public static var libraryVersion: String {
    filledText(ofAtMost: Int(MPI_MAX_LIBRARY_VERSION_STRING)) {
      MPI_Get_library_version($0, $1)
    } ?? "unknown"
  }

  /// Ends communication for good (MPI 3.1, section 8.7).
  ///
  /// Every rank must call this, after its last communication and before it leaves with exit
  /// code 0. It waits for the other ranks, so a rank that fails calls `abort(code:)` instead.
  /// Calling it again does nothing.
  ///
  /// - Throws: `MPIError` if MPI cannot end in order.
  public func finalize() throws(MPIError) {
    try Self.running.withLock { current throws(MPIError) in
      guard !Self.isFinalized else { return }
      current = nil
      try check(MPI_Finalize(), "MPI_Finalize")
    }
  }

  /// Has `finalize()` done when the process leaves by `exit`, whichever way it gets there.
  ///
  /// Every rank must call this. It suits programs whose exit is out of their hands, such as
  /// test runners; everywhere else it would make a failing rank wait for the others.
  public func finalizeAtExit() {
    Self.exitHandler
  }

  // A global is initialized once, however many callers there are.
  private static let exitHandler: Void = {
    let status = cmpi_finalize_at_exit()
    precondition(status == 0, "no exit handler could be registered")
  }()

  /// Ends all ranks of the job at once with the exit code `code` (MPI 3.1, section 8.7).
  ///
  /// One rank is enough to call this, at any time and from any thread. Nothing is flushed and
  /// no exit handler runs.
  public static func abort(code: Int32) -> Never {
    cmpi_abort(code)
  }
}
