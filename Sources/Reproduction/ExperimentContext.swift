import Checkpoints
public import Foundation
public import MPI
public import RunConfiguration
public import Training

/// Where an experiment computes: the ranks, a folder, and the stages that are done already.
public final class ExperimentContext {
  /// All ranks of the process group.
  public let world: Communicator

  /// The experiment's folder, shared by all ranks.
  public let folder: URL

  private let say: @Sendable (String) -> Void
  private var files: ExperimentFolder { ExperimentFolder(path: folder.path) }

  /// Opens the folder of an experiment.
  ///
  /// - Parameters:
  ///   - world: All ranks.
  ///   - folder: The experiment's folder.
  ///   - say: Prints a line; called on rank 0 only, on any thread.
  public init(over world: Communicator, folder: URL, say: @escaping @Sendable (String) -> Void) {
    self.world = world
    self.folder = folder
    self.say = say
  }

  /// Prints a line about progress on rank 0.
  public func note(_ line: String) {
    if world.rank == 0 { say(line) }
  }

  /// The result of a stage: read if it is there from before, else computed and stored.
  ///
  /// Every rank must call this, with the same name, and all get rank 0's result. A damaged file is
  /// reported and computed again.
  ///
  /// - Parameters:
  ///   - name: The name of its file in `stages/`, unique within the experiment.
  ///   - work: Computes the result on all ranks.
  /// - Returns: The result.
  /// - Throws: What the work throws, `ExitStatus.stopped` on all ranks if a signal has asked for
  ///   it, an error on all ranks if the file cannot be written, `MPIError`.
  public func stage<Result: Codable>(_ name: String, _ work: () throws -> Result) throws -> Result {
    let file = files.stage(name)
    try leaveIfStopped()
    if let text = try world.fromRankZero({ stored(in: file, as: Result.self) }) {
      return try decoded(text)
    }
    note("\(name) ...")
    let start = ContinuousClock.now
    let result = try work()
    let text = try world.fromRankZero {
      let text = String(decoding: try JSONEncoder.ofNumbers.encode([result]), as: UTF8.self)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try AtomicFile.write(text + "\n", to: file)
      return text
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    note("\(name): done in \(String(format: "%.1f", seconds)) s")
    return try decoded(text)
  }

  /// The text of a stage's file, nil if there is none or it does not hold such a result.
  private func stored<Result: Codable>(in file: URL, as type: Result.Type) -> String? {
    guard let data = try? Data(contentsOf: file) else { return nil }
    guard (try? JSONDecoder.ofNumbers.decode([Result].self, from: data)) != nil else {
      note("warning: \(file.path) is damaged and computed again")
      return nil
    }
    return String(decoding: data, as: UTF8.self)
  }

  private func decoded<Result: Codable>(_ text: String) throws -> Result {
    try JSONDecoder.ofNumbers.decode([Result].self, from: Data(text.utf8))[0]
  }

  /// Trains in the run folder `runs/NAME`, or goes on where an earlier session stopped there.
  ///
  /// Every rank must call this. A run that is finished already is only loaded.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - name: The name of the run's folder.
  ///   - origin: The name of a run of this experiment from whose state a new run starts; nil for
  ///     random weights.
  /// - Returns: The state after the last step, equal on all ranks.
  /// - Throws: What training throws, `ExitStatus.stopped` on all ranks if a signal or the allowed
  ///   time stopped it.
  public func train(
    _ settings: RunSettings, as name: String, from origin: String? = nil
  ) throws -> TrainingState {
    try leaveIfStopped()
    let (say, isRankZero) = (say, world.rank == 0)
    var session = TrainingSession(
      settings, in: runFolder(name),
      messages: SessionMessages {
        if isRankZero { say("\(name): \($0)") }
      } warn: {
        if isRankZero { say("warning: \(name): \($0)") }
      },
      over: world)
    session.origin = origin.map { runFolder($0).path }
    // The launcher's pseudo-terminal is none.
    session.isTerminal = world.size > 1 ? false : nil
    let run = try session.prepare()
    guard run.state.counters.step < settings.training.steps else { return run.state }
    guard try session.train(run) == .finished else { throw ExitStatus.stopped }
    return run.state
  }

  /// The folder of a run of this experiment, whether it exists or not.
  public func runFolder(_ name: String) -> RunFolder { RunFolder(path: files.run(name).path) }

  /// The values of a loss term over the logged steps of a run, such as `loss`; every rank must
  /// call this.
  ///
  /// - Parameters:
  ///   - term: The key of the values in lines of kind `step`.
  ///   - run: The name of the run's folder.
  /// - Returns: Steps and values in order; lines without the term are left out.
  /// - Throws: An error on all ranks if the log cannot be read, `MPIError`.
  public func curve(of term: String, in run: String) throws -> [CurvePoint] {
    try world.fromRankZero {
      let text = try String(contentsOf: runFolder(run).eventsFile, encoding: .utf8)
      return text.split(separator: "\n").compactMap { line in
        let fields = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any]
        guard fields?["kind"] as? String == "step", let step = fields?["step"] as? Int,
          let value = fields?[term] as? Double
        else { return nil }
        return CurvePoint(step: step, value: value)
      }
    }
  }

  // Once training has begun, a signal only sets a flag.
  private func leaveIfStopped() throws {
    guard try world.anyRank(StopSignals.last != nil) else { return }
    note("stopped by a signal; the same command continues")
    throw ExitStatus.stopped
  }
}

/// A value after a number of steps.
public struct CurvePoint: Sendable, Hashable, Codable {
  /// The number of steps done.
  public var step: Int
  /// The value.
  public var value: Double

  /// Combines the two.
  public init(step: Int, value: Double) {
    self.step = step
    self.value = value
  }
}
