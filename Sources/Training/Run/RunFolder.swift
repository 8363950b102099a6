public import Checkpoints
public import Execution
public import Foundation
public import RunConfiguration

/// The folder of a run and what lies where in it.
///
/// ```
/// RUN/config.yaml  events.jsonl  kernels.json  generation
/// RUN/samples/000001000.png  checkpoints/step-000001000/  watchdog/rank-00000.json
/// ```
public struct RunFolder: Sendable {
  /// The folder.
  public let url: URL

  /// The folder at a path; nothing is created or read.
  ///
  /// - Parameter path: The folder, absolute or from the current directory.
  public init(path: String) {
    url = URL(filePath: path, directoryHint: .isDirectory)
  }

  /// The path for messages.
  public var path: String { url.path }
  /// All settings of the run.
  public var configurationFile: URL { url.appending(path: "config.yaml") }
  /// The history of the run.
  public var eventsFile: URL { url.appending(path: "events.jsonl") }
  /// The kernels that were measured to be fastest.
  public var kernelsFile: URL { url.appending(path: "kernels.json") }
  /// The checkpoints.
  public var checkpoints: CheckpointStore { CheckpointStore(runFolder: url) }

  /// The picture of samples that are drawn after a step.
  public func samplesFile(ofStep step: Int) -> URL {
    let digits = String(step)
    let name = String(repeating: "0", count: max(0, 9 - digits.count)) + digits + ".png"
    return url.appending(path: "samples").appending(path: name)
  }

  /// Reads the settings of the run.
  ///
  /// - Returns: The settings, nil if the folder has none.
  /// - Throws: `ConfigurationError` if the file is no configuration of this program.
  public func settings() throws(ConfigurationError) -> RunSettings? {
    let path = configurationFile.path
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try ResolvedSettings(path).settings
  }

  /// Checks before anything is written that the run of these settings may live in the folder.
  ///
  /// Only one process, rank 0, must call this.
  ///
  /// - Parameters:
  ///   - settings: The settings of the run.
  ///   - startsAnew: Whether an existing run is put aside by renaming its folder.
  /// - Returns: The new name of a folder that was put aside, nil if none was.
  /// - Throws: ``TrainingError`` if the folder belongs to another run or to no run,
  ///   `ConfigurationError` if its configuration cannot be read, `CheckpointError` if it cannot be
  ///   renamed.
  public func claim(for settings: RunSettings, startsAnew: Bool) throws -> String? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    if startsAnew { return try putAside() }
    if let earlier = try self.settings() {
      let differences = settings.differencesThatForbidResume(from: earlier)
      guard differences.isEmpty else {
        throw TrainingError.otherConfiguration(folder: path, differences: differences)
      }
      return nil
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    if let name = names.sorted().first(where: { !mayComeFromAStart($0) }) {
      throw TrainingError.notARunFolder(path: path, found: name)
    }
    return nil
  }

  /// Whether a session that ended before it wrote its settings may have left a file.
  private func mayComeFromAStart(_ name: String) -> Bool {
    if name == checkpoints.folder.lastPathComponent {
      return (try? checkpoints.completeSteps().isEmpty) ?? false
    }
    return name.hasPrefix(".") || SharedFolder.isToken(name)
      || [SessionFence.fileName, Self.watchdogName].contains(name)
  }

  /// Writes the settings into the folder; for rank 0.
  ///
  /// - Parameter settings: The settings of the run.
  /// - Throws: `CheckpointError` if the system refuses.
  public func write(_ settings: RunSettings) throws(CheckpointError) {
    try AtomicFile.write(settings.yaml, to: configurationFile)
  }

  /// Reads the kernels that the run began with.
  ///
  /// - Returns: The choices, none if there is no file; with a warning if it is damaged.
  public func kernels() -> RecordedKernels {
    guard let data = try? Data(contentsOf: kernelsFile) else {
      return RecordedKernels(choices: KernelChoices())
    }
    do {
      return RecordedKernels(choices: try JSONDecoder().decode(KernelChoices.self, from: data))
    } catch {
      return RecordedKernels(
        choices: KernelChoices(),
        warning: "\(kernelsFile.path) is damaged, expected a table of kernels: they are chosen"
          + " anew, and the run may go on with other last bits")
    }
  }

  /// Writes the kernels of the run into the folder; for rank 0.
  ///
  /// - Parameter kernels: The choices.
  /// - Throws: `CheckpointError` if the system refuses.
  public func write(_ kernels: KernelChoices) throws(CheckpointError) {
    try AtomicFile.write(kernels.text, to: kernelsFile)
  }

  // Nothing is ever deleted: a run that took days is one mistyped command away.
  private func putAside() throws -> String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    guard !names.isEmpty else { return nil }
    var number = 1
    while FileManager.default.fileExists(atPath: "\(trimmedPath).old-\(number)") { number += 1 }
    let target = "\(trimmedPath).old-\(number)"
    guard rename(trimmedPath, target) == 0 else {
      throw CheckpointError.inaccessible(
        path: path, operation: "rename", reason: String(cString: strerror(errno)))
    }
    return target
  }

  private var trimmedPath: String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }
}

/// The kernels that a run began with, as far as they could be read.
public struct RecordedKernels: Sendable, Codable {
  /// The choices.
  public var choices: KernelChoices
  /// What is wrong with the file; nil if nothing is.
  public var warning: String?
}
