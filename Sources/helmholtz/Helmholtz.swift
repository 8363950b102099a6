import ArgumentParser
import Training

/// The command line.
@main
struct Helmholtz: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "helmholtz",
    abstract: "Train score-based generative models whose field stays nearly a gradient field.",
    discussion: """
      Start it under mpirun to train, sample and evaluate on several ranks; only rank 0 prints.

      Exit codes: 0 done; 2 bad usage or configuration; 3 data or checkpoint damaged or missing; \
      4 numerical failure; 5 communication failure; 75 stopped by a signal after saving, start \
      again to continue.
      """,
    subcommands: [
      Preflight.self,
      Train.self,
      Sample.self,
      Evaluate.self,
      CheckpointCommand.self,
      Config.self,
      CompareFeatures.self,
      Verify.self,
      Benchmark.self,
      Plan.self,
      Overlap.self,
      Reproduce.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
      Session.leave(.done)
    } catch {
      Session.leave(dueTo: error)
    }
  }
}
