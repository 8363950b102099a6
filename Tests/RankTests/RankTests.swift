import MPI
import Testing

/// Laws that must hold on any number of ranks.
///
/// `mpirun` starts the test bundle once for each rank, and every rank runs every test in the
/// same order. So a suite of rank tests is declared in an extension of this one, which runs
/// them one after the other; test names are unique in the target; and no test leaves before
/// its last collective on some ranks only.
@Suite(.serialized) struct RankTests {
  /// A communicator of all ranks that tests of other targets in the process do not use.
  static func world() throws -> Communicator {
    try communicators.get().first
  }

  /// All ranks again, for tests that need messages apart from those of `world()`.
  static func second() throws -> Communicator {
    try communicators.get().second
  }

  private static let communicators = Result {
    let environment = try MPIEnvironment.start()
    environment.finalizeAtExit()
    let first = try environment.world.duplicate()
    return (first: first, second: try first.duplicate())
  }
}
