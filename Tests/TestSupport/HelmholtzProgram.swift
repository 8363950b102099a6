public import Foundation
import Subprocess

/// The built command line, started alone or by `mpirun` on several ranks.
public struct HelmholtzProgram: Sendable {
  /// How a process ended.
  public struct Outcome: Sendable {
    /// The exit code; 128 and the signal's number if a signal ended it.
    public let code: Int32
    /// Standard output.
    public let output: String
    /// Standard error.
    public let errors: String

    /// The lines of standard error that come from the program rather than from the launcher.
    public var messages: [String] {
      errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("helmholtz: ") }
    }
  }

  /// The program does not lie beside the test bundle.
  public struct NotBuilt: Error {
    /// Where it was looked for.
    public let path: String
  }

  private static let outputLimit = 4 << 20

  /// The executable.
  public let path: String

  /// Finds the executable beside the running test bundle.
  ///
  /// - Throws: `NotBuilt` if it is not there.
  public init() throws {
    let bundle = URL(filePath: CommandLine.arguments[0])
    path = bundle.deletingLastPathComponent().appending(path: "helmholtz").path
    guard FileManager.default.isExecutableFile(atPath: path) else { throw NotBuilt(path: path) }
  }

  /// Runs the program and waits for its end.
  ///
  /// - Parameters:
  ///   - arguments: The arguments.
  ///   - ranks: The number of ranks, nil to start it without `mpirun`.
  ///   - folders: The working directory of each rank, if they differ.
  ///   - environment: Variables beside those of this process.
  ///   - meanwhile: Called with the process number while it runs.
  /// - Returns: Code and output.
  /// - Throws: An error if the process cannot be started, or what `meanwhile` throws.
  public func run(
    _ arguments: [String], ranks: Int? = nil, folders: [URL]? = nil,
    environment: [String: String] = [:],
    meanwhile: @Sendable (Int32) async throws -> Void = { _ in }
  ) async throws -> Outcome {
    var line = [path] + arguments
    if let folders {
      let parts = folders.map { ["-wdir", $0.path, "-n", "1"] + line }
      line = Self.launcher + Array(parts.joined(separator: [":"]))
    } else if let ranks {
      line = Self.launcher + ["-n", "\(ranks)"] + line
    }
    return try await start(environment.map { "\($0)=\($1)" } + line, meanwhile)
  }

  /// Runs a command of its own on each rank and waits for their end.
  ///
  /// - Parameter commands: The command lines of the ranks, with the program or what starts it.
  /// - Returns: Code and output.
  /// - Throws: An error if the process cannot be started.
  public func run(onEachRank commands: [[String]]) async throws -> Outcome {
    let parts = commands.map { ["-n", "1"] + $0 }
    return try await start(Self.launcher + Array(parts.joined(separator: [":"]))) { _ in }
  }

  private func start(
    _ line: [String], _ meanwhile: @Sendable (Int32) async throws -> Void
  ) async throws -> Outcome {
    let result = try await Subprocess.run(
      .name("env"), arguments: Arguments(line),
      environment: .custom(Self.environment),
      input: .none, output: .string(limit: Self.outputLimit),
      error: .string(limit: Self.outputLimit)
    ) { execution in
      try await meanwhile(execution.processIdentifier.value)
    }
    let code: Int32
    switch result.terminationStatus {
    case .exited(let value): code = value
    case .signaled(let value): code = 128 + value
    }
    return Outcome(
      code: code, output: result.standardOutput, errors: result.standardError)
  }

  // Tests that start MPI in this process leave variables behind which make mpirun believe that it
  // runs inside a job. As root it refuses to start unless told otherwise.
  private static var environment: [Environment.Key: String] {
    var environment: [Environment.Key: String] = [:]
    for (name, value) in ProcessInfo.processInfo.environment
    where !["OMPI_", "PMIX_", "ORTE_", "OPAL_"].contains(where: name.hasPrefix) {
      environment[Environment.Key(stringLiteral: name)] = value
    }
    environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
    environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
    return environment
  }

  // More ranks than cores must yield to each other while they wait.
  private static let launcher = [
    "mpirun", "-q", "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1",
  ]
}
