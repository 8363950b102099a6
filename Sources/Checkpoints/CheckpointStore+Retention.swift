import Foundation

/// Which checkpoints stay when a new one is complete.
public struct RetentionPolicy: Sendable, Equatable {
  /// How many of the newest checkpoints stay, at least one.
  public var keepLast: Int

  /// Checkpoints whose step is a multiple of this stay for ever, `nil` for none.
  public var keepEvery: Int?

  /// Makes a policy.
  ///
  /// - Parameters:
  ///   - keepLast: How many of the newest checkpoints stay.
  ///   - keepEvery: Checkpoints whose step is a multiple of this stay for ever.
  /// - Precondition: Both are positive.
  public init(keepLast: Int, keepEvery: Int? = nil) {
    precondition(keepLast > 0 && keepEvery ?? 1 > 0, "retention counts are positive")
    self.keepLast = keepLast
    self.keepEvery = keepEvery
  }

  /// The steps that may go once the checkpoint of `committed` is complete.
  ///
  /// Newer ones than that stem from before a damaged checkpoint made the run go back; they neither
  /// count nor go.
  func expendable(_ steps: [Int], committed: Int) -> [Int] {
    let past = steps.filter { $0 <= committed }.sorted()
    return past.dropLast(keepLast).filter { step in
      step != committed && !(keepEvery.map { step.isMultiple(of: $0) } ?? false)
    }
  }
}

extension CheckpointStore {
  private static let deleting = ".deleting"
  private static let partial = ".partial"
  private static let replaced = ".replaced"

  func partialFolder(ofStep step: Int) -> URL {
    folder.appending(path: Self.folderName(step: step) + Self.partial)
  }

  /// Deletes the checkpoints that a policy does not keep; for rank 0, after a commit.
  ///
  /// Those that stay are read back first, the newest one first, until one is intact. If none is,
  /// nothing is deleted, so that the last one to go on from never is. A checkpoint is renamed before
  /// it is removed, so that an interrupted deletion leaves no folder that looks complete.
  ///
  /// - Parameters:
  ///   - policy: What stays.
  ///   - step: The step just committed, which always stays.
  /// - Returns: A warning for each checkpoint that could not be deleted or had to stay.
  public func deleteExpendable(
    by policy: RetentionPolicy, committed step: Int
  ) -> [String] {
    do {
      let steps = try committedSteps()
      let expendable = policy.expendable(steps, committed: step)
      guard !expendable.isEmpty else { return [] }
      try fence?.requireNewest()
      let kept = steps.filter { !expendable.contains($0) }
      if kept.reversed().contains(where: isIntact) { return expendable.compactMap(delete) }
      return [
        "old checkpoints are kept: of the newer ones none is intact, of steps "
          + kept.map(String.init).joined(separator: ", ")
      ]
    } catch {
      return ["old checkpoints are kept: \(error)"]
    }
  }

  private func isIntact(step: Int) -> Bool {
    verify(step: step).allSatisfy { $0.problem == nil }
  }

  /// Clears up after a session that was killed; for rank 0, at start.
  ///
  /// Half-written and half-deleted checkpoints are removed. If the session died between the two
  /// renames that replace a checkpoint of the same step, the old one gets its name back.
  ///
  /// - Returns: A line for each folder found, which says what was done.
  public func removeLeftovers() -> [String] {
    do {
      return try Folder.names(in: folder).compactMap(clearUp)
    } catch {
      return ["left-over checkpoints are kept: \(error)"]
    }
  }

  /// Gives a finished folder its final name, in place of an older one of the same step.
  func commit(step: Int) throws(CheckpointError) {
    let final = folder(ofStep: step)
    let old = folder.appending(path: final.lastPathComponent + Self.replaced)
    let replaces = Folder.exists(final)
    if replaces {
      if Folder.exists(old) { try Folder.remove(old) }
      try Folder.rename(final, to: old)
    }
    try Folder.rename(partialFolder(ofStep: step), to: final)
    try Folder.synchronize(folder)
    // What is left of the old one is cleared up at the next start at the latest.
    if replaces { try? Folder.remove(old) }
  }

  private func delete(step: Int) -> String? {
    let source = folder(ofStep: step)
    let doomed = folder.appending(path: source.lastPathComponent + Self.deleting)
    do {
      try Folder.rename(source, to: doomed)
      try Folder.remove(doomed)
      return nil
    } catch {
      return "checkpoint of step \(step) is not deleted: \(error)"
    }
  }

  private func clearUp(_ name: String) -> String? {
    let suffixes = [Self.deleting, Self.partial, Self.replaced]
    guard let suffix = suffixes.first(where: name.hasSuffix),
      Self.step(ofFolderNamed: String(name.dropLast(suffix.count))) != nil
    else { return nil }
    let url = folder.appending(path: name)
    let final = folder.appending(path: String(name.dropLast(suffix.count)))
    do {
      if suffix == Self.replaced && !Folder.exists(final) {
        try Folder.rename(url, to: final)
        return "\(name) is \(final.lastPathComponent) again: its replacement was not finished"
      }
      try Folder.remove(url)
      return "\(name) is removed: it was not finished"
    } catch {
      return "\(name) is left over: \(error)"
    }
  }
}
