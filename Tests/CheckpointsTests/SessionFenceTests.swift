import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct SessionFenceTests {
  @Test func onlyTheNewestSessionMayGoOn() throws {
    let folder = try TemporaryFolder()
    let first = try SessionFence(takingOver: folder.url)
    try first.requireNewest()
    let second = try SessionFence(takingOver: folder.url)
    try second.requireNewest()
    #expect(first.generation == 1 && second.generation == 2)
    let error = #expect(throws: CheckpointError.self) { try first.requireNewest() }
    let host = ProcessInfo.processInfo.hostName
    let process = ProcessInfo.processInfo.processIdentifier
    #expect(
      error?.description
        == "another session has taken over this run: \(folder.path)/generation has generation 2,"
        + " process \(process) on \(host), expected generation 1; this session writes no further"
        + " checkpoint")
    #expect(try Folder.names(in: folder.url) == ["generation"])
  }

  @Test(arguments: ["", "x", "99999999999999999999 a 1 b\n", "-4 a 1 b\n", "\u{0}\u{0}\n"])
  func otherContentEndsASessionAndIsTakenOver(content: String) throws {
    let folder = try TemporaryFolder()
    let first = try SessionFence(takingOver: folder.url)
    try folder.write(content, to: "generation")
    let error = #expect(throws: CheckpointError.self) { try first.requireNewest() }
    #expect(error?.isSuperseded ?? false)
    let second = try SessionFence(takingOver: folder.url)
    #expect(second.generation == 1)
    try second.requireNewest()
  }

  @Test func runThatWasMovedAwayIsNotWrittenAgain() throws {
    let folder = try TemporaryFolder()
    let run = folder.url.appending(path: "run")
    try Folder.create(run)
    let fence = try SessionFence(takingOver: run)
    try Folder.rename(run, to: folder.url.appending(path: "run.old-1"))
    let error = #expect(throws: CheckpointError.self) { try fence.requireNewest() }
    #expect(error?.description.contains("generation has no file") ?? false)
  }

  @Test func earlierSessionNeitherPublishesNorDeletes() throws {
    let folder = try TemporaryFolder()
    var earlier = CheckpointStore(runFolder: folder.url)
    earlier.fence = try SessionFence(takingOver: folder.url)
    for step in [10, 20, 30] { try SampleState().save(step: step, in: earlier, shards: 1) }
    // The earlier session hangs after its shard; the newer one is writing the same step.
    let drafts = [earlier, CheckpointStore(runFolder: folder.url)].map { store in
      CheckpointDraft(
        store: store, progress: SampleState.progress(step: 40), table: SampleState.table,
        bufferNames: SampleState.names, rank: 0, size: 1,
        range: SampleState.table.evenRange(ofRank: 0, of: 1))
    }
    try drafts[0].prepareFolder()
    let shard = try drafts[0].writeShard(SampleState().buffers)
    var newer = CheckpointStore(runFolder: folder.url)
    newer.fence = try SessionFence(takingOver: folder.url)
    #expect(newer.removeLeftovers().count == 1)
    try drafts[1].prepareFolder()
    _ = try drafts[1].writeShard(SampleState().buffers)

    let error = #expect(throws: CheckpointError.self) { try drafts[0].publish([shard]) }
    #expect(error?.isSuperseded ?? false)
    if let error { drafts[0].discard(after: error) }
    #expect(throws: CheckpointError.self) { try drafts[0].writeShard(SampleState().buffers) }
    #expect(throws: CheckpointError.self) { try drafts[0].prepareFolder() }
    let warnings = earlier.deleteExpendable(by: RetentionPolicy(keepLast: 1), committed: 30)
    #expect(warnings.count == 1 && warnings[0].contains("another session"))
    #expect(
      try Folder.names(in: newer.folder) == [
        "step-000000010", "step-000000020", "step-000000030", "step-000000040.partial",
      ])
    #expect(
      try Folder.names(in: newer.folder.appending(path: "step-000000040.partial")).contains(
        "shard-00000-of-00001.safetensors"))
  }
}
