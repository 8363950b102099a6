import ArgumentParser
import Execution
import MPI
import RunConfiguration
import Telemetry
import Training

/// Trains a model, or continues to.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a model; the same command continues a run that was stopped.",
    discussion: """
      Start it under mpirun to train on several ranks; the number may change when a run is \
      continued. SIGTERM, SIGINT and SIGUSR1 save a checkpoint and end with exit code 75.
      """)

  @OptionGroup var choice: ConfigurationChoice

  @Option(name: .customLong("run"), help: "The folder of the run, which all ranks must see.")
  var folder: String?

  @Flag(help: "Start anew; an existing folder is renamed to FOLDER.old-N.")
  var fresh = false

  @Option(
    help: ArgumentHelp(
      "Start a new run from the newest checkpoint of another run, or from a weights file.",
      valueName: "run|file.safetensors"))
  var initFrom: String?

  @Option(
    help: ArgumentHelp(
      "Write what each rank did when in some steps, for a trace viewer.", valueName: "file.json"))
  var trace: String?

  @Option(help: "The number of steps of --trace, after the first two of the session; 5 if absent.")
  var traceSteps: Int?

  @Flag(help: "Print what the run needs, without data, and stop.")
  var dryRun = false

  @Option(help: "The number of ranks that a dry run plans for.")
  var ranks: Int?

  func validate() throws {
    guard dryRun || folder != nil else {
      throw ValidationError("--run FOLDER is missing; found no folder, expected one")
    }
    guard traceSteps == nil || trace != nil else {
      throw ValidationError("--trace-steps is for --trace; found no --trace, expected one")
    }
    guard traceSteps.map({ $0 > 0 }) ?? true else {
      throw ValidationError(
        "--trace-steps: found \(traceSteps ?? 0), expected a positive number")
    }
    guard ranks == nil || dryRun else {
      throw ValidationError("--ranks is for --dry-run; mpirun -n sets the ranks of a run")
    }
    guard ranks.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--ranks: found \(ranks ?? 0), expected a positive number")
    }
  }

  func run() throws {
    let environment = try Session.start()
    let world = environment.world
    let resolved = try world.together { try choice.resolved() }
    if world.rank == 0 { resolved.warnings.forEach(Session.warn) }
    if dryRun {
      // One plan holds for all ranks, and memory for one is enough.
      let lines = try world.fromRankZero {
        try RunPlan(resolved.settings, ranks: ranks ?? world.size).lines
      }
      guard world.rank == 0 else { return }
      print("convolutions: \(resolved.settings.compileOptions.convolutionLibrary)")
      lines.forEach { print($0) }
      return
    }
    let traceFile = trace.map(TraceFile.init(path:))
    try traceFile?.requireWritable(over: world)
    let folder = RunFolder(path: folder ?? "")
    var session = TrainingSession(
      resolved.settings, in: folder, messages: Session.messages, over: world)
    session.origin = initFrom
    session.logInterval = resolved.logInterval
    session.isTerminal = Session.mayReplaceLines
    session.extras = .forRun(resolved.settings, over: world)
    if let traceFile { session.extras.trace(traceSteps, into: traceFile, over: world) }
    let run = try session.prepare(startsAnew: fresh)
    if try session.train(run) == .stopped { throw ExitStatus.stopped }
  }
}
