import Checkpoints
import Datasets
import Execution
import Foundation
public import MPI
import Networks
public import RunConfiguration
import Telemetry

/// A session of training: preparation step by step on all ranks, then the loop.
public struct TrainingSession {
  /// A run that is ready to go on, equal on all ranks.
  public struct PreparedRun {
    /// The state to go on from.
    public let state: TrainingState
    let dataset: any Dataset
    let watchdog: Watchdog
    fileprivate var fence: SessionFence?
  }

  /// The settings of the run.
  public let settings: RunSettings
  /// The folder of the run.
  public let folder: RunFolder
  /// A run folder or weights file to start a new run from.
  public var origin: String?
  /// The number of steps from one logged step to the next.
  public var logInterval: Int
  /// What is done beside training.
  public var extras = TrainingExtras()
  /// Whether the progress line may replace itself; standard output decides if nil.
  public var isTerminal: Bool?

  private let messages: SessionMessages
  private let world: Communicator

  /// Describes a session; nothing is read or written.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - folder: The folder of the run.
  ///   - messages: Where the session tells what it does.
  ///   - world: The ranks of the run.
  public init(
    _ settings: RunSettings, in folder: RunFolder, messages: SessionMessages,
    over world: Communicator
  ) {
    self.settings = settings
    self.folder = folder
    self.messages = messages
    self.world = world
    logInterval = settings.training.logEvery
  }

  /// Claims the folder and restores the newest checkpoint, or begins a run; every rank must call
  /// this.
  ///
  /// - Parameter startsAnew: Whether a run that is there already is put aside.
  /// - Returns: The run, which may be finished already.
  /// - Throws: ``SharedFailure``, ``TrainingError``, `CheckpointError`, `MPIError`.
  public func prepare(startsAnew: Bool = false) throws -> PreparedRun {
    let watchdog = try Watchdog(settings.watchdog, folder: folder, over: world)
    // Whatever needs no folder comes first, so that a mistake leaves no trace.
    var run = try world.together {
      _ = try settings.batchPlan(ranks: world.size)
      let network = try settings.trainingSubject().network
      try TrainingState.requireMemory(
        for: ParameterLayout(network.parameters), settings.dataParallel, ranks: world.size)
      return PreparedRun(
        state: TrainingState(
          network.parameters, settings: settings, rank: world.rank, of: world.size),
        dataset: try settings.trainingExamples(for: network), watchdog: watchdog)
    }
    try claimFolder(startsAnew: startsAnew)
    try adoptOrigin(run.state)
    run.fence = try openFolder()
    try resume(run.state)
    return run
  }

  /// Trains a prepared run to its end, or until something asks to stop; every rank must call this.
  ///
  /// From here on, signals ask the loop to stop instead of ending the process.
  ///
  /// - Parameter run: The run; its state is trained.
  /// - Returns: Why the session ended.
  /// - Throws: What ``TrainingLoop/run()`` throws, an error of a numerical library.
  public func train(_ run: PreparedRun) throws -> TrainingOutcome {
    let state = run.state
    defer { run.watchdog.stop() }
    StopSignals.install()
    let known = try world.fromRankZero { folder.kernels() }
    known.warning.map(messages.warn)
    let step = try messages.whileSlow("preparing the training step") {
      try DataParallelStep(
        settings, dataset: run.dataset, state: state, kernels: known.choices, over: world)
    }
    if step.kernels != known.choices { try record(step.kernels) }
    announce(step, state)
    var onFailure: ((String) -> Void)?
    if settings.checkpoint.onError == .continue { onFailure = { [messages] in messages.warn($0) } }
    var journal = try RunJournal(
      file: world.rank == 0 ? folder.eventsFile : nil, continuingFrom: state.counters,
      steps: settings.training.steps, logEvery: logInterval, isTerminal: isTerminal,
      onFailure: onFailure)
    try journal.write("run", facts(about: step, state))
    let loop = TrainingLoop(
      settings, state: state, step: step, folder: folder, journal: journal,
      extras: extras, fence: run.fence, warn: messages.warn, over: world)
    loop.watchdog = run.watchdog
    let outcome = try loop.run()
    messages.note(
      "\(outcome.sentence) after step \(state.counters.step); the run is in \(folder.path)")
    return outcome
  }

  private func claimFolder(startsAnew: Bool) throws {
    let putAside = try world.fromRankZero {
      try folder.claim(for: settings, startsAnew: startsAnew)
    }
    if let putAside { messages.note("the run that was here is now \(putAside)") }
  }

  /// Takes over the weights of another run, unless this one has some already.
  private func adoptOrigin(_ state: TrainingState) throws {
    let isNew = try world.fromRankZero { try folder.checkpoints.newest() == nil }
    guard let origin, isNew else { return }
    if origin.hasSuffix(".safetensors") {
      try world.together { try state.adopt(weightsOf: URL(filePath: origin)) }
    } else {
      let store = RunFolder(path: origin).checkpoints
      let warnings = try SharedFailure.marking { try state.adopt(from: store, over: world) }
      warnings.forEach(messages.warn)
    }
    messages.note("starting from the weights of \(origin)")
  }

  /// Takes over the folder from earlier sessions; rank 0 gets what keeps them out.
  private func openFolder() throws -> SessionFence? {
    try SharedFolder.require(folder.url, over: world)
    let fence = try world.onRankZero { try SessionFence(takingOver: folder.url) }
    for notice in try folder.checkpoints.prepare(over: world) { messages.warn(notice) }
    _ = try world.fromRankZero {
      try folder.write(settings)
      return true
    }
    return fence
  }

  // A run that is continued must round as it did.
  private func record(_ kernels: KernelChoices) throws {
    _ = try world.fromRankZero {
      try folder.write(kernels)
      return true
    }
  }

  private func resume(_ state: TrainingState) throws {
    let restored = try SharedFailure.marking {
      try state.restore(from: folder.checkpoints, over: world)
    }
    guard let warnings = restored else { return }
    warnings.forEach(messages.warn)
    messages.note("continuing from step \(state.counters.step)")
  }

  private func announce(_ step: DataParallelStep, _ state: TrainingState) {
    let ranks = world.size == 1 ? "1 rank" : "\(world.size) ranks"
    let threads = step.plan.replicas == 1 ? "1 thread" : "\(step.plan.replicas) threads"
    messages.note(
      "convolutions: \(settings.compileOptions.convolutionLibrary), \(ranks), \(threads) each,"
        + " \(state.layout.trainableCount) parameters")
    // Open MPI binds ranks to cores unless told otherwise.
    let cores = ProcessInfo.processInfo.activeProcessorCount
    if step.plan.replicas > cores {
      messages.warn(
        "numerics.replicas is \(step.plan.replicas), but rank 0 may run on \(cores)"
          + " \(cores == 1 ? "core" : "cores") only (mpirun --bind-to none frees it)")
    }
  }

  private func facts(
    about step: DataParallelStep, _ state: TrainingState
  ) throws -> [(String, EventValue)] {
    [
      ("name", .string(settings.name)), ("start_step", .integer(state.counters.step)),
      ("ranks", .integer(world.size)), ("threads", .integer(step.plan.replicas)),
      ("host", .string(try MPIEnvironment.start().processorName)),
      ("process", .integer(Int(ProcessInfo.processInfo.processIdentifier))),
      ("parameters", .integer(state.layout.trainableCount)),
      ("micro_batch", .integer(step.plan.microBatch)),
      ("accumulation", .integer(step.plan.accumulation)),
      ("mode", .string(settings.dataParallel.mode.rawValue)),
      ("local_steps", .integer(settings.dataParallel.localSteps)),
      ("state_bytes", .integer(state.byteCount)), ("arena_bytes", .integer(step.workBytes)),
      ("convolutions", .string(settings.compileOptions.convolutionLibrary)),
      ("version", .string(ProgramVersion.current)),
      ("mpi", .string(MPIEnvironment.libraryVersion)), ("init_from", .string(origin ?? "")),
      ("settings", .string(settings.yaml)),
    ]
  }
}

extension TrainingOutcome {
  fileprivate var sentence: String {
    switch self {
    case .finished: "finished"
    case .stopped: "stopped by a signal"
    case .timeUp: "stopped when the time was up"
    }
  }
}
