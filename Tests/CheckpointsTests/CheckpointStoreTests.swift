import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct CheckpointStoreTests: ~Copyable {
  let folder: TemporaryFolder
  let store: CheckpointStore

  init() throws {
    folder = try TemporaryFolder()
    store = CheckpointStore(runFolder: folder.url)
  }

  private func save(_ steps: Int...) throws {
    for step in steps { try SampleState().save(step: step, in: store, shards: 2) }
  }

  @Test func aRunWithoutCheckpointsHasNone() throws {
    #expect(try store.completeSteps() == [])
    #expect(try store.newest() == nil)
    #expect(try store.newestIntact() == nil)
  }

  @Test func onlyRenamedFoldersAreComplete() throws {
    try save(1000, 200, 1_000_000_000)
    for name in ["step-000003000.partial", "step-000004000.deleting", "step-5", "notes"] {
      try Folder.create(store.folder.appending(path: name))
    }
    #expect(try store.completeSteps() == [200, 1000, 1_000_000_000])
    #expect(try store.newest() == 1_000_000_000)
  }

  @Test func aDamagedNewestIsReportedAndTheOneBeforeIsUsed() throws {
    try save(10, 20, 30, 40)
    try flipBit(
      of: store.folder.appending(path: "step-000000040/shard-00001-of-00002.safetensors"),
      atByte: 400)
    try FileManager.default.removeItem(
      at: store.folder.appending(path: "step-000000030/manifest.json"))
    let found = try #require(try store.newestIntact())
    #expect(found.checkpoint.manifest.progress.step == 20)
    #expect(found.warnings.count == 2)
    #expect(found.warnings[0].contains("shard-00001-of-00002.safetensors is damaged"))
    #expect(found.warnings[1].contains("step-000000030/manifest.json does not exist"))
  }

  @Test func aStepWithoutCheckpointIsToldFromThoseThatAreThere() throws {
    let empty = try #require(throws: CheckpointError.self) { try store.checkpoint(ofStep: 30) }
    #expect(empty.description.hasSuffix("does not exist; expected one of 0 checkpoints"))
    try save(20, 40)
    let error = try #require(throws: CheckpointError.self) { try store.checkpoint(ofStep: 30) }
    #expect(
      error.description.hasSuffix(
        "step-000000030 does not exist; expected one of 2 checkpoints, the newest of steps 20, 40"))
    #expect(store.verify(step: 30).map(\.problem) == [error])
  }

  @Test func aRunWithNothingIntactIsAnError() throws {
    try save(10)
    try flipBit(of: store.folder.appending(path: "step-000000010/manifest.json"), atByte: 40)
    let error = try #require(throws: CheckpointError.self) { try store.newestIntact() }
    #expect(error.description.contains("at least one intact checkpoint"))
    #expect(error.description.contains("step 10"))
  }

  @Test func retentionKeepsTheNewestAndEveryKth() throws {
    try save(100, 200, 250, 300, 350)
    let warnings = store.deleteExpendable(
      by: RetentionPolicy(keepLast: 2, keepEvery: 200), committed: 350)
    #expect(warnings == [])
    #expect(try store.completeSteps() == [200, 300, 350])
    #expect(try Folder.names(in: store.folder).count == 3)
  }

  @Test func retentionNeverDropsTheStepJustCommitted() throws {
    // 900 stems from before the run fell back to an older checkpoint.
    try save(100, 150, 900)
    _ = store.deleteExpendable(by: RetentionPolicy(keepLast: 1), committed: 150)
    #expect(try store.completeSteps() == [150, 900])
  }

  @Test func aStepWrittenAgainReplacesTheOldOne() throws {
    try save(10)
    let second = SampleState(filledWith: 3)
    try second.save(step: 10, in: store, shards: 1)
    let checkpoint = try store.checkpoint(ofStep: 10)
    #expect(try checkpoint.tensor("scale", of: "ema") == [3])
    #expect(try Folder.names(in: store.folder) == ["step-000000010"])
  }

  @Test func leftoversOfAKilledSessionAreClearedUp() throws {
    try save(10, 20)
    try Folder.create(store.folder.appending(path: "step-000000030.partial"))
    try Folder.create(store.folder.appending(path: "step-000000005.deleting"))
    try Folder.create(store.folder.appending(path: "mine.partial"))
    try Folder.rename(
      store.folder(ofStep: 20), to: store.folder.appending(path: "step-000000020.replaced"))
    #expect(store.removeLeftovers().count == 3)
    #expect(try store.completeSteps() == [10, 20])
    #expect(
      try Folder.names(in: store.folder) == ["mine.partial", "step-000000010", "step-000000020"])
    #expect(store.removeLeftovers() == [])
  }

  @Test func retentionNeverDropsTheLastIntactOne() throws {
    try save(10, 20, 30, 40)
    for step in [30, 40] {
      try flipBit(
        of: store.folder(ofStep: step).appending(path: "shard-00000-of-00002.safetensors"),
        atByte: 300)
    }
    // Both of those that would stay are damaged: what was written last and the one before.
    let policy = RetentionPolicy(keepLast: 2)
    #expect(
      store.deleteExpendable(by: policy, committed: 40) == [
        "old checkpoints are kept: of the newer ones none is intact, of steps 30, 40"
      ])
    #expect(try store.completeSteps() == [10, 20, 30, 40])
    #expect(try store.newestIntact()?.checkpoint.manifest.progress.step == 20)

    try save(50)
    #expect(store.deleteExpendable(by: policy, committed: 50) == [])
    #expect(try store.completeSteps() == [40, 50])
    #expect(try store.newestIntact()?.checkpoint.manifest.progress.step == 50)
  }
}
