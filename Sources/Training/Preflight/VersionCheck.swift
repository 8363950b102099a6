import Checkpoints
import Execution
import Foundation
import MPI

/// Whether all ranks run the same program with the same libraries.
struct VersionCheck: PreflightCheck {
  let name = "version"

  func run(_ context: PreflightContext) throws -> PreflightFinding {
    var finding = PreflightFinding(self)
    let versions = try context.world.allGatherStrings(ProgramVersion.current).majority
    let builds = try context.world.allGatherStrings(Self.executableChecksum).majority
    let libraries = try context.world.allGatherStrings(Self.libraries(context)).majority
    finding.figure = "\(versions.value), checksum \(builds.value), \(libraries.value)"
    for line in context.lines(versions.others) {
      finding.fail("\(line), others have \(versions.value)", .usage)
    }
    for line in context.lines(builds.others) where versions.others.isEmpty {
      finding.warn("\(line) is the checksum of the program, others have \(builds.value)")
    }
    for line in context.lines(libraries.others) {
      finding.warn("\(line), others have \(libraries.value), which round differently")
    }
    return finding
  }

  private static var executableChecksum: String {
    guard let data = try? Data(contentsOf: URL(filePath: "/proc/self/exe"), options: .alwaysMapped)
    else { return "unknown" }
    return CRC32C.checksum(of: data).hexadecimalDigits
  }

  private static func libraries(_ context: PreflightContext) -> String {
    let options = context.settings?.compileOptions ?? CompileOptions()
    let mpi = MPIEnvironment.libraryVersion.prefix { $0 != "," && $0 != "\0" }
    return "\(options.convolutionLibrary), \(CompileOptions.matrixLibrary), \(mpi)"
  }
}
