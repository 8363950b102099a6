import Checkpoints
import Execution
import Foundation
import MPI
import Networks
import RunConfiguration
import Telemetry
import Training

/// A session of `train`: preparation step by step on all ranks, then the loop.
struct TrainingSession {
  let resolved: ResolvedSettings
  let folder: RunFolder
  let environment: MPIEnvironment
  /// A run folder or weights file to start a new run from.
  let origin: String?
  /// What is done beside training.
  var extras: TrainingExtras

  init(
    resolved: ResolvedSettings, folder: RunFolder, environment: MPIEnvironment, origin: String?
  ) {
    self.resolved = resolved
    self.folder = folder
    self.environment = environment
    self.origin = origin
    extras = .forRun(resolved.settings, over: environment.world)
  }

  private var settings: RunSettings { resolved.settings }
  private var world: Communicator { environment.world }

  /// Prepares the run and trains; every rank must call this.
  func run(startsAnew: Bool) throws -> TrainingOutcome {
    // Whatever needs no folder comes first, so that a mistake leaves no trace.
    let (dataset, state) = try world.together {
      _ = try settings.batchPlan(ranks: world.size)
      let model = try settings.scoreModel()
      let dataset = try settings.trainingExamples(for: model)
      return (dataset, TrainingState(model.network.parameters, seed: settings.seed))
    }
    try claimFolder(startsAnew: startsAnew)
    try adoptOrigin(state)
    try openFolder()
    try resume(state)
    StopSignals.install()
    let known = try world.fromRankZero { folder.convolutions() }
    let step = try DataParallelStep(
      settings, dataset: dataset, state: state, convolutions: known, over: world)
    if step.convolutions != known { try record(step.convolutions) }
    announce(step, state)
    let journal = try RunJournal(
      file: world.rank == 0 ? folder.eventsFile : nil, continuingFrom: state.counters,
      steps: settings.training.steps, logEvery: resolved.logInterval,
      // Open MPI connects ranks to a pseudo-terminal even if its own output goes to a file.
      isTerminal: Session.isUnderLauncher ? false : nil)
    try journal.write("run", facts(about: step, state))
    let loop = TrainingLoop(
      settings, state: state, step: step, folder: folder, journal: journal,
      extras: extras, over: world)
    let outcome = try loop.run()
    Session.note(
      "\(outcome.sentence) after step \(state.counters.step); the run is in \(folder.path)")
    return outcome
  }

  private func claimFolder(startsAnew: Bool) throws {
    let putAside = try world.fromRankZero {
      try folder.claim(for: settings, startsAnew: startsAnew)
    }
    if let putAside { Session.note("the run that was here is now \(putAside)") }
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
      warnings.forEach(Session.warn)
    }
    Session.note("starting from the weights of \(origin)")
  }

  private func openFolder() throws {
    try SharedFolder.require(folder.url, over: world)
    for notice in try folder.checkpoints.prepare(over: world) { Session.warn(notice) }
    _ = try world.fromRankZero {
      try folder.write(settings)
      return true
    }
  }

  // A run that is continued must round as it did.
  private func record(_ convolutions: ConvolutionChoices) throws {
    _ = try world.fromRankZero {
      try folder.write(convolutions)
      return true
    }
  }

  private func resume(_ state: TrainingState) throws {
    let restored = try SharedFailure.marking {
      try state.restore(from: folder.checkpoints, over: world)
    }
    guard let warnings = restored else { return }
    warnings.forEach(Session.warn)
    Session.note("continuing from step \(state.counters.step)")
  }

  private func announce(_ step: DataParallelStep, _ state: TrainingState) {
    let ranks = world.size == 1 ? "1 rank" : "\(world.size) ranks"
    let threads = step.plan.replicas == 1 ? "1 thread" : "\(step.plan.replicas) threads"
    Session.note(
      "convolutions: \(settings.compileOptions.convolutionLibrary), \(ranks), \(threads) each,"
        + " \(state.layout.trainableCount) parameters")
    // Open MPI binds ranks to cores unless told otherwise.
    let cores = ProcessInfo.processInfo.activeProcessorCount
    if step.plan.replicas > cores {
      Session.warn(
        "numerics.replicas is \(step.plan.replicas), but rank 0 may run on \(cores)"
          + " \(cores == 1 ? "core" : "cores") only (mpirun --bind-to none frees it)")
    }
  }

  private func facts(
    about step: DataParallelStep, _ state: TrainingState
  ) -> [(String, EventValue)] {
    [
      ("name", .string(settings.name)), ("start_step", .integer(state.counters.step)),
      ("ranks", .integer(world.size)), ("threads", .integer(step.plan.replicas)),
      ("host", .string(environment.processorName)),
      ("process", .integer(Int(ProcessInfo.processInfo.processIdentifier))),
      ("parameters", .integer(state.layout.trainableCount)),
      ("micro_batch", .integer(step.plan.microBatch)),
      ("accumulation", .integer(step.plan.accumulation)),
      ("arena_bytes", .integer(step.workBytes)),
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
