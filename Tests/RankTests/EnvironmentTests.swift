import MPI
import Testing

extension RankTests {
  @Suite struct EnvironmentTests {
    @Test func startingAgainGivesTheRunningEnvironment() throws {
      let first = try MPIEnvironment.start()
      let second = try MPIEnvironment.start(threads: .single)
      #expect(first.threadLevel == second.threadLevel)
      #expect(first.world.rank == second.world.rank)
      #expect(MPIEnvironment.isInitialized)
      #expect(!MPIEnvironment.isFinalized)
    }

    @Test func anyThreadMayCommunicate() throws {
      #expect(try MPIEnvironment.start().threadLevel == .multiple)
    }

    @Test func libraryAndMachineHaveNames() throws {
      #expect(MPIEnvironment.libraryVersion.contains("MPI"))
      #expect(try !MPIEnvironment.start().processorName.isEmpty)
    }

    @Test func threadLevelsAreOrderedByWhatTheyAllow() {
      #expect(ThreadLevel.allCases == [.single, .funneled, .serialized, .multiple])
      #expect(ThreadLevel.allCases == ThreadLevel.allCases.sorted())
    }
  }
}
