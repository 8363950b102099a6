public import Foundation

/// The checkpoints of a run, in the folder `checkpoints` of its run folder.
///
/// A checkpoint is a folder `step-000001000`. While it is written it is called
/// `step-000001000.partial`; only a renamed folder exists for readers.
public struct CheckpointStore: Sendable {
  /// The folder that holds one folder per checkpoint.
  public let folder: URL

  /// What keeps out all sessions but the newest, on rank 0 of a session that has one.
  public var fence: SessionFence?

  /// The store of a run; nothing is created or read.
  ///
  /// - Parameter runFolder: The folder of the run.
  public init(runFolder: URL) {
    folder = runFolder.appending(path: "checkpoints")
  }

  /// The steps of all complete checkpoints in ascending order.
  ///
  /// - Returns: The steps of renamed folders that have a manifest; whether the shards are intact is
  ///   not looked at.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)``.
  public func completeSteps() throws(CheckpointError) -> [Int] {
    try committedSteps().filter { step in
      let manifest = folder(ofStep: step).appending(path: CheckpointManifest.fileName)
      return FileManager.default.fileExists(atPath: manifest.path)
    }
  }

  /// The step of the newest complete checkpoint.
  ///
  /// - Returns: The step, `nil` if there is none.
  /// - Throws: ``CheckpointError/inaccessible(path:operation:reason:)``.
  public func newest() throws(CheckpointError) -> Int? {
    try completeSteps().last
  }

  /// Opens the checkpoint of a step.
  ///
  /// - Parameter step: The step.
  /// - Returns: The checkpoint with its manifest read; printing it is an inspection.
  /// - Throws: ``CheckpointError`` if there is none, its manifest is damaged or that of another step.
  public func checkpoint(ofStep step: Int) throws(CheckpointError) -> Checkpoint {
    guard FileManager.default.fileExists(atPath: folder(ofStep: step).path) else {
      throw .missing(path: folder(ofStep: step).path, expected: "one of \(try knownSteps())")
    }
    let checkpoint = try Checkpoint(opening: folder(ofStep: step))
    let found = checkpoint.manifest.progress.step
    guard found == step else {
      throw .damaged(
        path: checkpoint.manifestFile.path, found: "the manifest of step \(found)",
        expected: "step \(step)")
    }
    return checkpoint
  }

  private func knownSteps() throws(CheckpointError) -> String {
    let steps = try completeSteps()
    let newest = steps.suffix(8).map(String.init).joined(separator: ", ")
    return "\(steps.count) checkpoints\(steps.isEmpty ? "" : ", the newest of steps \(newest)")"
  }

  /// Checks every file of a checkpoint.
  ///
  /// - Parameter step: The step.
  /// - Returns: A report for the manifest and, if that is intact, for each shard, missing or
  ///   superfluous ones included.
  public func verify(step: Int) -> [Checkpoint.FileReport] {
    let name = CheckpointManifest.fileName
    do {
      let checkpoint = try checkpoint(ofStep: step)
      return [.init(file: name, problem: nil)] + checkpoint.verify()
    } catch {
      return [.init(file: name, problem: error)]
    }
  }

  /// Finds the newest checkpoint whose files are all as they were written; for one process.
  ///
  /// - Returns: The checkpoint, and a warning for each newer one that is damaged; `nil` if the run
  ///   has no checkpoint at all.
  /// - Throws: ``CheckpointError`` if there are checkpoints but none is intact, or the files cannot
  ///   be accessed.
  public func newestIntact() throws(CheckpointError) -> (
    checkpoint: Checkpoint, warnings: [String]
  )? {
    var warnings: [String] = []
    for step in try committedSteps().reversed() {
      let problem = verify(step: step).lazy.compactMap(\.problem).first
      guard let problem else { return (try checkpoint(ofStep: step), warnings) }
      try Self.note(problem, ofStep: step, in: &warnings)
    }
    guard warnings.isEmpty else { throw noneIntact(warnings) }
    return nil
  }

  /// The steps of all renamed folders in ascending order, damaged or not.
  func committedSteps() throws(CheckpointError) -> [Int] {
    try Folder.names(in: folder).compactMap(Self.step(ofFolderNamed:)).sorted()
  }

  func folder(ofStep step: Int) -> URL { folder.appending(path: Self.folderName(step: step)) }

  static func folderName(step: Int) -> String {
    let digits = String(step)
    return "step-" + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
  }

  static func step(ofFolderNamed name: String) -> Int? {
    guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0,
      folderName(step: step) == name
    else { return nil }
    return step
  }

  /// Turns damage into a warning; anything else is for the user to decide and is thrown.
  static func note(
    _ problem: CheckpointError, ofStep step: Int, in warnings: inout [String]
  ) throws(CheckpointError) {
    switch problem.cause {
    case .damaged, .missing: warnings.append("checkpoint of step \(step) is skipped: \(problem)")
    default: throw problem
    }
  }

  func noneIntact(_ warnings: [String]) -> CheckpointError {
    .damaged(
      path: folder.path, found: warnings.joined(separator: "; "),
      expected: "at least one intact checkpoint")
  }
}
