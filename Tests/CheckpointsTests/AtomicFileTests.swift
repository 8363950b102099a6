import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite struct AtomicFileTests {
  @Test func contentIsReplacedAndNothingIsLeftOver() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "config.yaml")
    try AtomicFile.write("first\n", to: url)
    try AtomicFile.write("second\n", to: url)
    #expect(try String(contentsOf: url, encoding: .utf8) == "second\n")
    #expect(try Folder.names(in: folder.url) == ["config.yaml"])
  }

  @Test func aFailureNamesThePathAndTheReason() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "absent/config.yaml")
    let error = try #require(throws: CheckpointError.self) {
      try AtomicFile.write("text", to: url)
    }
    #expect(error.description.contains("absent"))
    #expect(error.description.contains("No such file or directory"))
  }

  @Test func aFailedReplacementKeepsTheOldContent() throws {
    let folder = try TemporaryFolder()
    // A folder in the place of the file makes the rename fail after a successful write.
    let url = folder.url.appending(path: "occupied")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    #expect(throws: CheckpointError.self) { try AtomicFile.write("text", to: url) }
    #expect(try Folder.names(in: folder.url) == ["occupied"])
  }

  @Test func aFullDiskIsReportedAsSuch() throws {
    // Linux gives this device for the purpose: every write fails for lack of space.
    let file = try FileWriter(creating: URL(filePath: "/dev/full"))
    let error = try #require(throws: CheckpointError.self) { try file.append([1, 2, 3]) }
    #expect(error.description == "cannot write /dev/full: No space left on device")
  }

  @Test func filesOfKilledSessionsAreRemovedOnceTheyAreOld() throws {
    let folder = try TemporaryFolder()
    let tokens = (0..<2).map { _ in "shared-\(UUID().uuidString)" }
    let names = tokens + [".config.yaml.7.partial", "shared-notes", "notes.partial", ".hidden"]
    for name in names { try folder.write("x", to: name) }
    SharedFolder.removeAbandoned(in: folder.url, before: tokens[0])
    #expect(try Folder.names(in: folder.url) == names.sorted())
    for name in names.dropFirst() {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -120)],
        ofItemAtPath: folder.url.appending(path: name).path)
    }
    SharedFolder.removeAbandoned(in: folder.url, before: tokens[0])
    #expect(
      try Folder.names(in: folder.url)
        == [tokens[0], "shared-notes", "notes.partial", ".hidden"].sorted())
  }
}
